"""The peers of scikit-learn: linear models on words and pairs of words."""

from collections.abc import Sequence

import numpy as np
from scipy.special import expit
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from benchmarks.classifier.articles import joint
from benchmarks.classifier.engines import HASHING, MATRIX, SKLEARN, Engine
from training.datasets import Example, label_table


def logistic_engines(examples: Sequence[Example], codes: Sequence[str]) -> list[Engine]:
    """Logistic regression as the guide has it, and with all themes in one product of matrices."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = OneVsRestClassifier(LogisticRegression(C=10.0, solver="liblinear"))
    themes = label_table([example.themes for example in examples], codes)
    model.fit(words.fit_transform(joint(examples)), themes.astype(int))
    weights = np.vstack([one.coef_ for one in model.estimators_]).T.copy()
    intercepts = np.hstack([one.intercept_ for one in model.estimators_])
    return [
        Engine(SKLEARN, lambda some: model.predict_proba(words.transform(joint(some)))),
        Engine(
            MATRIX,
            lambda some: expit(words.transform(joint(some)) @ weights + intercepts),
        ),
    ]


def hashing_engine(examples: Sequence[Example], codes: Sequence[str]) -> Engine:
    """A linear model of hashed words and pairs, without any vocabulary."""
    themes = label_table([example.themes for example in examples], codes)
    model = make_pipeline(
        HashingVectorizer(ngram_range=(1, 2)),
        OneVsRestClassifier(SGDClassifier(loss="log_loss", random_state=0)),
    ).fit(joint(examples), themes.astype(int))
    return Engine(HASHING, lambda some: model.predict_proba(joint(some)))
