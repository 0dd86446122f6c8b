"""The city pack at work: changed as a draft, checked, tried on past orders, then put into force 城市数据包维护."""
