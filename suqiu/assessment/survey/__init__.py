"""Surveys of many centres 调研: a questionnaire, its responses checked and weighted, results with intervals.

A standard's questionnaires are files of its folder; responses are a table with one row a respondent. Answers are
declarations: they are evidence of needs and views, never of a hotline's maturity.
"""

from suqiu.assessment.survey.estimating import Estimate, SurveyResult, estimate, tabulated
from suqiu.assessment.survey.questionnaire import (
    Option,
    Question,
    QuestionKind,
    Questionnaire,
    Stratum,
    check_questionnaire,
    guide,
    read_questionnaire,
    template,
)
from suqiu.assessment.survey.responses import ResponseFault, Responses, form_rows, read_responses
from suqiu.assessment.survey.weighting import Weights, weigh

__all__ = [
    "Estimate",
    "Option",
    "Question",
    "QuestionKind",
    "Questionnaire",
    "ResponseFault",
    "Responses",
    "Stratum",
    "SurveyResult",
    "Weights",
    "check_questionnaire",
    "estimate",
    "form_rows",
    "guide",
    "read_questionnaire",
    "read_responses",
    "tabulated",
    "template",
    "weigh",
]
