"""The world's common language of such hotlines: Open311 GeoReport v2."""
