"""The web platform: desks for those who work, a portal for citizens, an API for other systems.

The only package that knows Django. A folder is one capability with the same few file names: `models` (tables),
`views` and `urls` (pages), `forms`; what decides stands in modules named for what they decide.
"""
