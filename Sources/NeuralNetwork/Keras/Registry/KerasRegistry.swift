/// The classes of Keras that files can name.
///
/// The list is fixed, so nothing in a file decides what other code runs.
///
/// Each class says in its own file what Keras calls it, which options it reads and writes, and
/// which variables or slots it has. To add a class, write that file and add one line here. A user's
/// own classes are registered with ``CustomObjects``.
///
/// ```swift
/// let layer = KerasRegistry.layerClassName(ofKey: "max_pooling2d_3")  // "MaxPooling2D"
/// let optimizer = KerasRegistry.optimizerClassName(ofName: "adam_w")  // "AdamW"
/// let names = KerasRegistry.variableNames(ofClass: "Dense", count: 2)  // ["kernel", "bias"]
/// ```
public enum KerasRegistry {
  /// The layers.
  package static let layers: [any KerasLayer.Type] = [
    Activation.self,
    ActivityRegularization.self,
    Add.self,
    AdditiveAttention.self,
    AlphaDropout.self,
    Attention.self,
    Average.self,
    AveragePooling1D.self,
    AveragePooling2D.self,
    AveragePooling3D.self,
    BatchNormalization.self,
    Bidirectional.self,
    CategoryEncoding.self,
    CenterCrop.self,
    Concatenate.self,
    Conv1D.self,
    Conv1DTranspose.self,
    Conv2D.self,
    Conv2DTranspose.self,
    Conv3D.self,
    Conv3DTranspose.self,
    ConvLSTM1D.self,
    ConvLSTM2D.self,
    ConvLSTM3D.self,
    Cropping1D.self,
    Cropping2D.self,
    Cropping3D.self,
    Dense.self,
    DepthwiseConv1D.self,
    DepthwiseConv2D.self,
    Discretization.self,
    Dot.self,
    Dropout.self,
    EinsumDense.self,
    ELU.self,
    Embedding.self,
    Flatten.self,
    GaussianDropout.self,
    GaussianNoise.self,
    GlobalAveragePooling1D.self,
    GlobalAveragePooling2D.self,
    GlobalAveragePooling3D.self,
    GlobalMaxPooling1D.self,
    GlobalMaxPooling2D.self,
    GlobalMaxPooling3D.self,
    GRU.self,
    GroupNormalization.self,
    Identity.self,
    LayerNormalization.self,
    LayerScale.self,
    LeakyReLU.self,
    LSTM.self,
    Masking.self,
    Maximum.self,
    MaxPooling1D.self,
    MaxPooling2D.self,
    MaxPooling3D.self,
    Minimum.self,
    MultiHeadAttention.self,
    Multiply.self,
    Normalization.self,
    Permute.self,
    PReLU.self,
    RandomBrightness.self,
    RandomColorDegeneration.self,
    RandomColorJitter.self,
    RandomContrast.self,
    RandomCrop.self,
    RandomElasticTransform.self,
    RandomErasing.self,
    RandomFlip.self,
    RandomGaussianBlur.self,
    RandomGrayscale.self,
    RandomHeight.self,
    RandomHue.self,
    RandomInvert.self,
    RandomPerspective.self,
    RandomPosterization.self,
    RandomRotation.self,
    RandomSaturation.self,
    RandomSharpness.self,
    RandomShear.self,
    RandomTranslation.self,
    RandomWidth.self,
    RandomZoom.self,
    ReLU.self,
    RepeatVector.self,
    Rescaling.self,
    Reshape.self,
    Resizing.self,
    SeparableConv1D.self,
    SeparableConv2D.self,
    SimpleRNN.self,
    Softmax.self,
    SpatialDropout1D.self,
    SpatialDropout2D.self,
    Subtract.self,
    TimeDistributed.self,
    UnitNormalization.self,
    UpSampling1D.self,
    UpSampling2D.self,
    UpSampling3D.self,
    ZeroPadding1D.self,
    ZeroPadding2D.self,
    ZeroPadding3D.self,
  ]

  /// The activation functions.
  package static let activations = ActivationFunction.allCases

  /// The optimizers.
  package static let optimizers: [any KerasOptimizer.Type] = [
    Adadelta.self,
    Adagrad.self,
    Adam.self,
    AdamW.self,
    Adamax.self,
    Nadam.self,
    RMSprop.self,
    SGD.self,
  ]

  /// The losses.
  package static let losses: [any KerasLoss.Type] = [
    BinaryCrossentropy.self,
    BinaryFocalCrossentropy.self,
    CategoricalCrossentropy.self,
    CategoricalHinge.self,
    CosineSimilarity.self,
    Hinge.self,
    Huber.self,
    KLDivergence.self,
    LogCosh.self,
    MeanAbsoluteError.self,
    MeanAbsolutePercentageError.self,
    MeanSquaredError.self,
    MeanSquaredLogarithmicError.self,
    Poisson.self,
    SparseCategoricalCrossentropy.self,
    SquaredHinge.self,
  ]

  /// The metrics that are not the mean of a loss.
  package static let metrics: [any KerasMetric.Type] = [
    BinaryAccuracy.self,
    CategoricalAccuracy.self,
    Mean.self,
    MeanCosineSimilarity.self,
    RootMeanSquaredError.self,
    SparseCategoricalAccuracy.self,
    SparseTopKCategoricalAccuracy.self,
    TopKCategoricalAccuracy.self,
  ]

  /// The learning-rate schedules.
  package static let schedules: [any KerasSchedule.Type] = [
    CosineDecay.self,
    CosineDecayRestarts.self,
    ExponentialDecay.self,
    InverseTimeDecay.self,
    PiecewiseConstantDecay.self,
    PolynomialDecay.self,
  ]
}
