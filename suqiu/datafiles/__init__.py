"""Files of data that officials edit: YAML whose every value keeps its line, and all that is wrong with them."""
