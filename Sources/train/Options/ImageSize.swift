public import ArgumentParser
import Arguments
public import Datasets
public import Images

extension ImageSize {
  /// The size as the library has it.
  var size: LoadingOptions.Size { .init(width: width, height: height) }
}

extension PicturePreparation.Color: ExpressibleByArgument {}

extension PicturePreparation.Fit: ExpressibleByArgument {}

extension LoadingOptions.Cache: ExpressibleByArgument {}
