"""The assessment desk: how mature the hotline's intelligence is, on what evidence, and what to do next 评估台."""
