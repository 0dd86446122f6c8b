"""The pages on which the city pack is kept: files, faults, trial, history 城市数据包."""
