public import Images

extension Drawing {
  /// Renders the drawing as SVG, with other colours on dark screens.
  ///
  /// Text is text, in the sans-serif font of the reader. Pictures are embedded as PNG.
  ///
  /// - Returns: The SVG document.
  /// - Throws: ``ImageError`` if a picture cannot be encoded.
  public func svg() throws(ImageError) -> String {
    var body = ""
    for shape in shapes {
      switch shape {
      case .area(let points, let ink):
        body += "<path d=\"\(path(points))Z\" \(paint("fill", ink))/>\n"
      case .line(let points, let width, let ink):
        body +=
          "<path d=\"\(path(points))\" fill=\"none\" \(paint("stroke", ink))"
          + " stroke-width=\"\(number(width))\"/>\n"
      case .text(let label):
        body += text(label)
      case .picture(let picture, let frame):
        body += try embedded(picture, frame)
      }
    }
    let size = "width=\"\(number(width))\" height=\"\(number(height))\""
    return """
      <svg xmlns="http://www.w3.org/2000/svg" \(size) viewBox="0 0 \(number(width)) \
      \(number(height))">
      <style>
      svg{\(colors(\.light))background:var(--paper)}
      @media (prefers-color-scheme:dark){svg{\(colors(\.dark))}}
      text{font-family:Roboto,system-ui,sans-serif;white-space:pre}
      path{stroke-linejoin:round;stroke-linecap:round}
      image{image-rendering:pixelated}
      </style>
      \(body)</svg>

      """
  }

  private func colors(_ color: (Ink.Role) -> (UInt8, UInt8, UInt8)) -> String {
    Ink.Role.allCases.map { role in
      let (red, green, blue) = color(role)
      return "--\(role.rawValue):rgb(\(red),\(green),\(blue));"
    }.joined()
  }

  private func paint(_ name: String, _ ink: Ink) -> String {
    "\(name)=\"var(--\(ink.role.rawValue))\""
      + (ink.opacity < 1 ? " \(name)-opacity=\"\(number(ink.opacity))\"" : "")
  }

  private func path(_ points: [Point]) -> String {
    points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(number(point.x)) \(number(point.y))"
    }.joined()
  }

  private func text(_ label: Label) -> String {
    let (x, y) = (number(label.place.x), number(label.place.y))
    let turn = label.isVertical ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
    let anchor = label.anchor == .start ? "" : " text-anchor=\"\(label.anchor.rawValue)\""
    return "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(number(label.size))\"\(anchor)\(turn)"
      + " \(paint("fill", label.ink))>\(escapedForXML(label.text))</text>\n"
  }

  private func embedded(_ picture: Image, _ frame: Frame) throws(ImageError) -> String {
    // More pixels than a PNG of the drawing has would not be seen.
    let limit = Int(frame.width * Double(Drawing.pixelRatio) + 0.5)
    let bytes: [UInt8]
    if picture.width > limit {
      let preparation = PicturePreparation(
        width: limit, height: max(1, Int(frame.height * Double(Drawing.pixelRatio) + 0.5)),
        color: .rgb, fit: .stretch)
      bytes = try Image(
        width: preparation.width, height: preparation.height, format: .rgb8,
        samples: preparation(picture).map(UInt16.init)
      ).encoded()
    } else {
      bytes = try picture.encoded()
    }
    return """
      <image x="\(number(frame.x))" y="\(number(frame.y))" width="\(number(frame.width))" \
      height="\(number(frame.height))" href="data:image/png;base64,\(base64(bytes))"/>

      """
  }
}

/// A number with at most two decimals.
func number(_ value: Double) -> String {
  let hundredths = Int((value * 100).rounded())
  let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
  let decimals =
    rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
  return (hundredths < 0 ? "-" : "") + "\(whole)\(decimals)"
}

/// A text in an XML document; characters that XML does not allow are replaced.
func escapedForXML(_ text: String) -> String {
  var escaped = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
    case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
    case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
    case "\u{20}"..."\u{7E}", "\u{A0}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}",
      "\u{10000}"..."\u{10FFFF}":
      escaped.append(scalar)
    default: escaped.append("\u{FFFD}")
    }
  }
  return String(escaped)
}
