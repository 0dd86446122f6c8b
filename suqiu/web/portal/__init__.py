"""The pages of the citizens 市民门户。."""
