public import JSON

/// The recipes that are available by name: model, number of epochs, optimizer and everything else
/// that a run needs but data and seed.
///
/// `models/README.md` has the measured accuracies and times, and the commands.
///
/// ```swift
/// var options = RunOptions(savePath: "ckpt.h5")
/// try options.use(RecipeName.accurate.settings)  // then single settings can be changed
/// print(options.epochs ?? 0, options.model?.name ?? "")  // 12 strided
/// options.seed = 7
/// ```
public enum RecipeName: String, CaseIterable, Sendable {
  /// MNIST in one epoch of a small network with stride 2: 99.1 % of the test images after two
  /// seconds of processor time.
  ///
  /// A high learning rate that falls to 0 within the epoch, batch normalization, which permits it,
  /// and label smoothing make one epoch sufficient.
  case fast

  /// MNIST in twelve epochs of the same network with shifted images: 99.5 % of the test images
  /// after 25 seconds of processor time.
  case accurate

  /// Fashion-MNIST, and other small pictures in which left and right mean the same, in fifteen
  /// epochs of ``ModelName/cnn``: 92.9 % of the test images.
  case fashion

  /// Digits in pictures of any origin, and a class of pictures without a digit, in 24 epochs of
  /// ``ModelName/digits``: `models/digits.h5`, on the pictures of `tools/digits/make-training-set`.
  case digits

  /// The settings, with the names and in the form of a recipe file.
  ///
  /// See ``RunOptions/use(_:)-(JSON.Object)``.
  public var settings: JSON.Object {
    switch self {
    case .fast:
      [
        "model": .string("strided"), "epochs": .integer(1), "batch_size": .integer(32),
        "learning_rate": .number(0.02), "lr_schedule": .string("onecycle"),
        "label_smoothing": .number(0.1),
      ]
    case .accurate:
      [
        "model": .string("strided"), "epochs": .integer(12), "batch_size": .integer(64),
        "learning_rate": .number(0.02), "lr_schedule": .string("onecycle"),
        "label_smoothing": .number(0.1), "augment": .string("shift=2"),
      ]
    case .fashion:
      [
        "model": .string("cnn"), "epochs": .integer(15), "batch_size": .integer(64),
        "learning_rate": .number(0.005), "lr_schedule": .string("onecycle"),
        "augment": .string("flip"),
      ]
    case .digits:
      [
        "model": .string("digits"), "epochs": .integer(24), "batch_size": .integer(64),
        "learning_rate": .number(0.004), "lr_schedule": .string("onecycle"),
        "augment": .string(
          "shift=1,rotate=20,zoom=0.1,shear=10,thickness=0.6,lines=0.05,cut=0.04,coarse=2,blur=0.7,"
            + "contrast=0.2,noise=0.08"), "val_split": .integer(5000),
        "reject_class": .string("none"), "calibrate": .bool(true),
      ]
    }
  }
}
