"""City packs: a folder of plain files in, a City out, with every fault named."""
