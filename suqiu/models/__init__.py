"""Adapters to language models: optional, bounded, judged before anything they say is used."""
