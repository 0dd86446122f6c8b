"""Work orders at work: their history, their flow, their clocks 工单办理。."""
