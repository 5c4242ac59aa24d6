# SPDX-License-Identifier: Apache-2.0
"""Makes training.json beside it: figures and calibrations by scikit-learn, a booster by xgboost
(`pip install numpy==2.4.6 scikit-learn==1.9.1 xgboost==1.7.6`)."""
import json
import pathlib

import numpy
import xgboost
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

BINS = 15


def ece(labels, probabilities):
    bins = numpy.minimum((probabilities * BINS).astype(int), BINS - 1)
    return sum(abs(labels[bins == b].mean() - probabilities[bins == b].mean()) * (bins == b).mean()
               for b in range(BINS) if (bins == b).any())


def figures(name, labels, probabilities):
    base = labels.mean()
    return {"name": name, "labels": labels.tolist(), "probabilities": probabilities.tolist(),
            "auc": roc_auc_score(labels, probabilities), "averagePrecision": average_precision_score(labels, probabilities),
            "logLoss": log_loss(labels, probabilities), "brier": brier_score_loss(labels, probabilities),
            "brierSkill": 1 - brier_score_loss(labels, probabilities) / (base * (1 - base)), "ece": ece(labels, probabilities)}


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def plain(features, labels, weights):
    return LogisticRegression(C=numpy.inf, tol=1e-12, max_iter=10_000).fit(features, labels, sample_weight=weights)


def calibrations(random):
    margins = numpy.round(random.normal(0.4, 1.5, 300), 3)
    margins[40:60] = margins[20:40]  # ties
    weights = numpy.where(random.random(300) < 0.3, 0.5, 1.0)
    labels = (random.random(300) < sigmoid(0.6 * margins - 0.5)).astype(int)
    at = numpy.round(numpy.linspace(-5, 5, 21), 3)
    platt = plain(margins[:, None], labels, weights)
    logs = lambda m: numpy.column_stack([-numpy.logaddexp(0, -m), numpy.logaddexp(0, m)])
    beta = plain(logs(margins), labels, weights)
    assert (beta.coef_ > 0).all()
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(margins, labels, sample_weight=weights)
    return {"margins": margins.tolist(), "weights": weights.tolist(), "labels": labels.tolist(), "at": at.tolist(),
            "platt": platt.predict_proba(at[:, None])[:, 1].tolist(), "beta": beta.predict_proba(logs(at))[:, 1].tolist(),
            "isotonic": isotonic.predict(at).tolist()}


def booster(random):
    values = numpy.round(random.normal(size=(200, 4)), 2).astype("float32")
    values[random.random(values.shape) < 0.15] = numpy.nan
    labels = (numpy.nan_to_num(values[:, 0]) + numpy.nan_to_num(values[:, 1]) * numpy.nan_to_num(values[:, 2]) > 0.1).astype(int)
    weights = numpy.where(values[:, 3] > 0, 2.0, 1.0).astype("float32")
    parameters = {"objective": "binary:logistic", "tree_method": "hist", "max_depth": 3, "eta": 0.3, "base_score": 0.4,
                  "min_child_weight": 1, "lambda": 1, "nthread": 1}
    data = xgboost.DMatrix(values, labels, weight=weights, missing=numpy.nan)
    grown = xgboost.train(parameters, data, 10)
    return {"values": [[None if numpy.isnan(v) else float(v) for v in row] for row in values], "labels": labels.tolist(),
            "weights": weights.tolist(), "rounds": 10,
            "parameters": {name: str(value) for name, value in parameters.items()},
            "margins": [float(m) for m in grown.predict(data, output_margin=True)],
            "marginsOf4": [float(m) for m in grown.predict(data, output_margin=True, iteration_range=(0, 4))]}


source = numpy.random.default_rng(20)
probabilities = source.random(120)
labels = (source.random(120) < probabilities).astype(int)
vectors = {"figures": [figures("without ties", labels, probabilities), figures("with ties", labels, numpy.round(probabilities, 1).clip(0.05, 0.95)),
                       figures("one value", labels, numpy.full(120, 0.4))],
           "calibrations": calibrations(source), "booster": booster(source)}
target = pathlib.Path(__file__).with_name("training.json")
target.write_text(json.dumps(vectors, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")
