"""scikit-learn on the same rows: TF-IDF of the same kinds of grams, and logistic regression."""

from __future__ import annotations

import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from benchmarks.classifiers.rows import Rows


def learn_peer(rows: Rows) -> tuple[Pipeline, float]:
    """Return a pipeline fitted on *rows*, and how many CPU seconds that took."""
    words = TfidfVectorizer(
        ngram_range=(1, 2),
        sublinear_tf=True,
        min_df=2,
        token_pattern=r"\w+|[^\w\s]",  # noqa: S106 - no password
    )
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    pipeline = make_pipeline(make_union(words, pieces), LogisticRegression(C=10, max_iter=200))
    start = time.process_time()
    pipeline.fit([text for text, _ in rows], [label for _, label in rows])
    return pipeline, time.process_time() - start


def ask_peer(pipeline: Pipeline, rows: Rows) -> list[tuple[str | None, float]]:
    """Return the label and its probability for each text."""
    shares = pipeline.predict_proba([text for text, _ in rows])
    return [(str(pipeline.classes_[row.argmax()]), float(row.max())) for row in shares]
