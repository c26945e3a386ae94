"""The names of the analyzer's activities; each is given a `RunRequest` and answers in one word."""

COLLECT = "collect_questions"
CLUSTER = "cluster_questions"
LABEL = "label_questions"
