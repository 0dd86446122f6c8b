"""The review desk: replies, requests, appraisal and archive, each decided by a person 审核."""
