"""Which function draws which class of scikit-learn's: a class that is not here has no twin.

The classes must be these themselves. What is derived from one may compute something else.
"""

from collections.abc import Iterable
from typing import TypeVar

from sklearn import (
    calibration,
    cluster,
    compose,
    covariance,
    cross_decomposition,
    decomposition,
    discriminant_analysis,
    dummy,
    ensemble,
    feature_selection,
    frozen,
    gaussian_process,
    impute,
    isotonic,
    kernel_ridge,
    mixture,
    model_selection,
    multiclass,
    multioutput,
    naive_bayes,
    neighbors,
    neural_network,
    pipeline,
    preprocessing,
    random_projection,
    semi_supervised,
    svm,
    tree,
)
from sklearn import linear_model as linears
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - scikit-learn asks for it

from training.twin.graphs.composed import outputs, stacks, votes
from training.twin.graphs.drawing import Answering, Stepping
from training.twin.graphs.models import (
    bayes,
    clusters,
    constants,
    densities,
    kernels,
    linear,
    neighbours,
    networks,
    vectors,
)
from training.twin.graphs.steps import bins, encoders, nearest, scalers, together
from training.twin.graphs.trees import boosting, forests, histogram

Function = TypeVar("Function")


def _all(*groups: tuple[Function, Iterable[type]]) -> dict[type, Function]:
    return {kind: draw for draw, kinds in groups for kind in kinds}


ANSWERING: dict[type, Answering] = _all(
    (
        linear.draw_numbers,
        (
            *(linears.ARDRegression, linears.BayesianRidge, linears.ElasticNet, linears.ElasticNetCV),
            *(linears.HuberRegressor, linears.Lars, linears.LarsCV, linears.Lasso, linears.LassoCV, linears.LassoLars),
            *(linears.LassoLarsCV, linears.LassoLarsIC, linears.LinearRegression, linears.MultiTaskElasticNet),
            *(linears.MultiTaskElasticNetCV, linears.MultiTaskLasso, linears.MultiTaskLassoCV),
            *(linears.OrthogonalMatchingPursuit, linears.OrthogonalMatchingPursuitCV, linears.QuantileRegressor),
            *(linears.PassiveAggressiveRegressor, linears.Ridge, linears.RidgeCV, linears.SGDRegressor),
            *(linears.TheilSenRegressor, svm.LinearSVR),
        ),
    ),
    (linear.draw_through_link, (linears.GammaRegressor, linears.PoissonRegressor, linears.TweedieRegressor)),
    (
        linear.draw_partial_least_squares,
        (cross_decomposition.CCA, cross_decomposition.PLSCanonical, cross_decomposition.PLSRegression),
    ),
    (
        linear.draw_decision,
        (
            *(linears.PassiveAggressiveClassifier, linears.Perceptron, linears.RidgeClassifier),
            *(linears.RidgeClassifierCV, svm.LinearSVC),
        ),
    ),
    (
        linear.draw_logistic,
        (
            *(linears.LogisticRegression, linears.LogisticRegressionCV),
            discriminant_analysis.LinearDiscriminantAnalysis,
        ),
    ),
    (linear.draw_stochastic, (linears.SGDClassifier,)),
    (linear.draw_outlier, (linears.SGDOneClassSVM,)),
    (bayes.draw_gaussian, (naive_bayes.GaussianNB,)),
    (bayes.draw_counts, (naive_bayes.MultinomialNB, naive_bayes.ComplementNB)),
    (bayes.draw_bernoulli, (naive_bayes.BernoulliNB,)),
    (bayes.draw_categorical, (naive_bayes.CategoricalNB,)),
    (neighbours.draw_classes, (neighbors.KNeighborsClassifier,)),
    (neighbours.draw_numbers, (neighbors.KNeighborsRegressor,)),
    (neighbours.draw_classes_within, (neighbors.RadiusNeighborsClassifier,)),
    (neighbours.draw_numbers_within, (neighbors.RadiusNeighborsRegressor,)),
    (neighbours.draw_local_outlier, (neighbors.LocalOutlierFactor,)),
    (clusters.draw_centroids, (neighbors.NearestCentroid,)),
    (
        clusters.draw_centres,
        (cluster.KMeans, cluster.MiniBatchKMeans, cluster.AffinityPropagation, cluster.MeanShift),
    ),
    (clusters.draw_halves, (cluster.BisectingKMeans,)),
    (clusters.draw_subclusters, (cluster.Birch,)),
    (networks.draw_numbers, (neural_network.MLPRegressor,)),
    (networks.draw_classes, (neural_network.MLPClassifier,)),
    (densities.draw_mixture, (mixture.GaussianMixture, mixture.BayesianGaussianMixture)),
    (densities.draw_quadratic, (discriminant_analysis.QuadraticDiscriminantAnalysis,)),
    (densities.draw_ellipse, (covariance.EllipticEnvelope,)),
    (constants.draw_numbers, (dummy.DummyRegressor,)),
    (constants.draw_classes, (dummy.DummyClassifier,)),
    (constants.draw_single, (multiclass._ConstantPredictor,)),
    (constants.draw_steps, (isotonic.IsotonicRegression,)),
    (kernels.draw_ridge, (kernel_ridge.KernelRidge,)),
    (kernels.draw_propagation, (semi_supervised.LabelPropagation, semi_supervised.LabelSpreading)),
    (kernels.draw_process, (gaussian_process.GaussianProcessRegressor,)),
    (vectors.draw_numbers, (svm.SVR, svm.NuSVR)),
    (vectors.draw_classes, (svm.SVC, svm.NuSVC)),
    (vectors.draw_inliers, (svm.OneClassSVM,)),
    (
        forests.draw_tree,
        (tree.DecisionTreeClassifier, tree.DecisionTreeRegressor, tree.ExtraTreeClassifier, tree.ExtraTreeRegressor),
    ),
    (
        forests.draw_forest,
        (
            *(ensemble.RandomForestClassifier, ensemble.RandomForestRegressor),
            *(ensemble.ExtraTreesClassifier, ensemble.ExtraTreesRegressor),
        ),
    ),
    (boosting.draw_classifier, (ensemble.GradientBoostingClassifier,)),
    (boosting.draw_regressor, (ensemble.GradientBoostingRegressor,)),
    (boosting.draw_isolation, (ensemble.IsolationForest,)),
    (histogram.draw_classifier, (ensemble.HistGradientBoostingClassifier,)),
    (histogram.draw_regressor, (ensemble.HistGradientBoostingRegressor,)),
    (votes.draw_voting_classes, (ensemble.VotingClassifier,)),
    (votes.draw_voting_numbers, (ensemble.VotingRegressor,)),
    (votes.draw_bag_of_classes, (ensemble.BaggingClassifier,)),
    (votes.draw_bag_of_numbers, (ensemble.BaggingRegressor,)),
    (votes.draw_boosted_classes, (ensemble.AdaBoostClassifier,)),
    (votes.draw_boosted_numbers, (ensemble.AdaBoostRegressor,)),
    (stacks.draw_stacking, (ensemble.StackingClassifier, ensemble.StackingRegressor)),
    (stacks.draw_calibration, (calibration.CalibratedClassifierCV,)),
    (
        stacks.draw_threshold,
        (model_selection.FixedThresholdClassifier, model_selection.TunedThresholdClassifierCV),
    ),
    (stacks.draw_transformed, (compose.TransformedTargetRegressor,)),
    (
        stacks.draw_inner,
        (
            *(model_selection.GridSearchCV, model_selection.RandomizedSearchCV),
            *(model_selection.HalvingGridSearchCV, model_selection.HalvingRandomSearchCV),
            *(semi_supervised.SelfTrainingClassifier, frozen.FrozenEstimator, linears.RANSACRegressor),
        ),
    ),
    (stacks.draw_selected, (feature_selection.RFE, feature_selection.RFECV)),
    (outputs.draw_one_against_rest, (multiclass.OneVsRestClassifier,)),
    (outputs.draw_one_against_one, (multiclass.OneVsOneClassifier,)),
    (outputs.draw_codes, (multiclass.OutputCodeClassifier,)),
    (outputs.draw_each_class, (multioutput.MultiOutputClassifier,)),
    (outputs.draw_each_number, (multioutput.MultiOutputRegressor,)),
    (outputs.draw_chain_of_numbers, (multioutput.RegressorChain,)),
    (outputs.draw_chain_of_labels, (multioutput.ClassifierChain,)),
    (together.draw_model_behind_steps, (pipeline.Pipeline,)),
)
"""The models."""

STEPPING: dict[type, Stepping] = _all(
    (encoders.draw_one_hot, (preprocessing.OneHotEncoder,)),
    (encoders.draw_ordinal, (preprocessing.OrdinalEncoder,)),
    (encoders.draw_target, (preprocessing.TargetEncoder,)),
    (encoders.draw_imputer, (impute.SimpleImputer,)),
    (scalers.draw_standard, (preprocessing.StandardScaler,)),
    (scalers.draw_robust, (preprocessing.RobustScaler,)),
    (scalers.draw_range, (preprocessing.MinMaxScaler,)),
    (scalers.draw_most, (preprocessing.MaxAbsScaler,)),
    (scalers.draw_binary, (preprocessing.Binarizer,)),
    (bins.draw_bins, (preprocessing.KBinsDiscretizer,)),
    (bins.draw_quantiles, (preprocessing.QuantileTransformer,)),
    (nearest.draw_imputer, (impute.KNNImputer,)),
    (scalers.draw_norm, (preprocessing.Normalizer,)),
    (scalers.draw_polynomial, (preprocessing.PolynomialFeatures,)),
    (scalers.draw_power, (preprocessing.PowerTransformer,)),
    (
        scalers.draw_components,
        (
            *(decomposition.PCA, decomposition.TruncatedSVD, decomposition.IncrementalPCA, decomposition.FastICA),
            *(random_projection.GaussianRandomProjection, random_projection.SparseRandomProjection),
        ),
    ),
    (
        together.draw_selection,
        (
            *(feature_selection.SelectKBest, feature_selection.SelectPercentile, feature_selection.SelectFromModel),
            *(feature_selection.VarianceThreshold, feature_selection.RFE, feature_selection.RFECV),
            *(feature_selection.SelectFpr, feature_selection.SelectFdr, feature_selection.SelectFwe),
            *(feature_selection.GenericUnivariateSelect, feature_selection.SequentialFeatureSelector),
        ),
    ),
    (together.draw_function, (preprocessing.FunctionTransformer,)),
    (together.draw_columns, (compose.ColumnTransformer,)),
    (together.draw_union, (pipeline.FeatureUnion,)),
    (together.draw_steps, (pipeline.Pipeline,)),
)
"""The steps before a model."""
