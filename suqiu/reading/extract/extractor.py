"""The extractor: a batch of orders in, what they name out."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files

import pyarrow as pa

from suqiu.domain.city import City
from suqiu.reading.extract.actions import Actions
from suqiu.reading.extract.demands import Demands
from suqiu.reading.extract.details import Details
from suqiu.reading.extract.kinds import Kind
from suqiu.reading.extract.objects import Objects
from suqiu.reading.extract.parties import Parties
from suqiu.reading.extract.places import NAMED, Named, PlaceNames, canonical_name
from suqiu.reading.extract.quantities import Quantities
from suqiu.reading.extract.rows import Found, mentions
from suqiu.reading.extract.scan import Scan
from suqiu.reading.extract.times import Times

#: Orders read at a time, whatever the batch: bounds memory to some ten megabytes.
_AT_A_TIME = 2_048
_LISTS = ("actions", "demands", "objects", "parties", "places", "quantities", "times")


class Extractor:
    """Finds what orders name: a pure function of each order, however they are batched.

    Everything is found by rules whose words are data; what is found says nothing of how sure it is.
    """

    def __init__(self, city: City) -> None:
        self._places = PlaceNames(city)
        self._details = Details()
        self._times = Times()
        self._quantities = Quantities()
        self._parties = Parties(canonical_name(city))
        self._objects = Objects()
        self._demands = Demands()
        self._actions = Actions()
        folder = files("suqiu.reading.extract")
        told = b"".join(folder.joinpath(f"{name}.yaml").read_bytes() for name in _LISTS)
        self.version = f"extract/1-{city.version or 'unversioned'}-{sha256(told).hexdigest()[:12]}"

    def extract(self, orders: pa.RecordBatch, said: pa.Array) -> pa.RecordBatch:
        """Return what each order names.

        Args:
            orders: `ORDERS` rows, any number; `order_id` and `accepted_at` are read.
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
        found = [
            *_places(scan, named),
            *beside,
            times,
            *self._quantities.find(scan, times.spans),
            *self._parties.find(scan, named, masked),
            self._objects.find(scan),
            self._demands.find(scan),
            self._actions.find(scan),
        ]
        return mentions(scan, orders.column("order_id"), found)


def _places(scan: Scan, named: Named) -> list[Found]:
    """Return regions, roads and points; their value is the pack's region, else the name itself."""
    found = []
    for label, kind in enumerate(NAMED):
        if kind is Kind.ORGANISATION:
            continue
        here = (named.spans.labels == label).nonzero()[0].tolist()
        spans = named.of(label)
        values = [named.regions[n] or piece for n, piece in zip(here, scan.pieces(spans), strict=True)]
        found.append(Found(kind, spans, values))
    return found
