"""The extractor: a batch of orders in, what they name out."""

from __future__ import annotations

import pyarrow as pa

from suqiu.domain.city import City
from suqiu.reading.extract.details import Details
from suqiu.reading.extract.places import NAMED, PlaceNames, canonical_name
from suqiu.reading.extract.kinds import Kind
from suqiu.reading.extract.rows import Found, mentions
from suqiu.reading.extract.quantities import Quantities
from suqiu.reading.extract.times import Times
from suqiu.reading.extract.scan import Scan

#: Orders read at a time, whatever the batch: bounds memory to some ten megabytes.
_AT_A_TIME = 2_048


class Extractor:
    """Finds what orders name: a pure function of each order, however they are batched."""

    def __init__(self, city: City) -> None:
        self._places = PlaceNames(city)
        self._details = Details()
        self._times = Times()
        self._quantities = Quantities()
        self._canonical = canonical_name(city)

    def extract(self, orders: pa.RecordBatch, said: pa.Array) -> pa.RecordBatch:
        """Return what each order names.

        Args:
            orders: `ORDERS` rows, any number.
            said: what the citizen said, a string array of the same length; what exceeds 2,000 characters
                of a text is not read.

        Returns:
            `MENTIONS` rows, sorted as the orders, then by start; mentions of different kinds may overlap.
        """
        parts = [
            self._extract(orders.slice(at, _AT_A_TIME), said.slice(at, _AT_A_TIME))
            for at in range(0, max(1, len(orders)), _AT_A_TIME)
        ]
        return pa.concat_batches(parts)

    def _extract(self, orders: pa.RecordBatch, said: pa.Array) -> pa.RecordBatch:
        scan = Scan(said)
        named = self._places.find(scan)
        beside, masked = self._details.find(scan, named)
        times = self._times.find(scan, orders.column("accepted_at"))
        found = [*self._names(scan, named), *beside, times, *self._quantities.find(scan, times.spans)]
        return mentions(scan, orders.column("order_id"), found)

    def _names(self, scan, named):
        return [Found(kind, named.of(n)) for n, kind in enumerate(NAMED)]
