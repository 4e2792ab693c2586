"""placeholder"""
from __future__ import annotations
from rusta_eval.report import Report
def page(report: Report) -> str:
    return f"<pre>{report.title}</pre>"
