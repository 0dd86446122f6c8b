"""What a demo shows 演示：a morning at the hotline, taken through the flow step by step."""
