"""The analysis desk 分析台: any measure by any slice, with formula, SQL and file; reports made and verified."""
