import Attribution
import Foundation
import Testing

/// The elements of a picture in the order of their begins.
private struct Picture {
  private(set) var elements: [(name: String, attributes: [String: String], text: String)] = []

  /// Reads what the pictures have of XML: elements, attributes in quotes, text with entities, a declaration.
  init(_ svg: String) throws {
    var open: [Int] = []
    let parts = try Regex("<[^>]*>|[^<]+")
    for part in svg.ranges(of: parts).map({ String(svg[$0]) }) where !part.hasPrefix("<?") {
      if let name = try Regex("^</([a-z]+)>$").wholeMatch(in: part)?[1].substring {
        let last = try #require(open.last)
        open.removeLast()
        #expect(elements[last].name == name)
      } else if part.hasPrefix("<") {
        let form = try Regex(#"^<([a-z]+)((?: [a-zA-Z-]+="[^"<&]*")*)(/?)>$"#)
        let tag = try #require(try form.wholeMatch(in: part), "\(part)")
        let pairs = try (tag[2].substring ?? "").matches(of: Regex(#"([a-zA-Z-]+)="([^"]*)""#)).map {
          (String($0[1].substring ?? ""), String($0[2].substring ?? ""))
        }
        elements.append((String(tag[1].substring ?? ""), Dictionary(uniqueKeysWithValues: pairs), ""))
        if tag[3].substring?.isEmpty == true { open.append(elements.count - 1) }
      } else if let last = open.last {
        #expect(try part.firstMatch(of: Regex("&(?!(amp|lt|gt|quot|apos);)|[\\x00-\\x08]")) == nil)
        var text = part
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
          text = text.replacing(entity, with: character)
        }
        elements[last].text += text
      }
    }
    #expect(open.isEmpty)
    #expect(elements.first?.name == "svg")
  }

  func texts(_ name: String) -> [String] { elements.filter { $0.name == name }.map(\.text) }
}

@Suite("Heat maps") struct CohortTriangleTests {
  private static let triangle = CohortTriangle(
    title: "Retention <by> \"month\" & more", rowTitle: "month", columns: ["0", "1", "2"],
    rows: [
      .init("2024-01", size: 1200, values: [1, 0.5, 0.25], intervals: [nil, [0.47, 0.53], nil]),
      .init("2024-02", size: 7, values: [1, 0.1, nil]),
    ], unit: .share)

  @Test("Well-formed, with every label and number, and what is not known left out") func texts() throws {
    let picture = try Picture(Self.triangle.svg())
    let texts = picture.texts("text")
    for wanted in [Self.triangle.title, "month", "customers", "0", "1", "2", "2024-01", "1200", "2024-02", "7"] {
      #expect(texts.contains(wanted), "\(wanted)")
    }
    #expect(texts.filter { $0 == "100.0%" }.count == 2)
    #expect(texts.contains("50.0%") && texts.contains("25.0%"))
    // Five cells, and the picture's own title.
    #expect(picture.texts("title").count == 6)
    #expect(picture.texts("title").contains("2024-01, 1: 50.00% (47.00% to 53.00%)"))
  }

  @Test("The larger the darker; the first period does not set the scale; all is inside the picture") func colours()
    throws
  {
    let picture = try Picture(Self.triangle.svg())
    let cells = picture.elements.filter { $0.name == "rect" && $0.attributes["rx"] != nil }.map(\.attributes)
    #expect(cells.map { $0["fill"] } == ["#08306b", "#08306b", "#7eb9da", "#08306b", "#deebf7"])
    let root = try #require(picture.elements.first).attributes
    let (width, height) = (Int(root["width"]!)!, Int(root["height"]!)!)
    for cell in cells {
      #expect(Int(cell["x"]!)! + Int(cell["width"]!)! <= width && Int(cell["y"]!)! + Int(cell["height"]!)! <= height)
    }
  }

  @Test("Large numbers are short in their cell; nothing to show is a picture, too") func numbers() throws {
    var triangle = Self.triangle
    triangle.unit = .money
    triangle.rows = [.init("a\u{1}b", size: 3, values: [12_345, 999_960, 3.5])]
    let texts = try Picture(triangle.svg()).texts("text")
    #expect(texts.contains("12.3k") && texts.contains("1.0M") && texts.contains("3.50") && texts.contains("a\u{fffd}b"))
    triangle.rows = []
    triangle.columns = []
    #expect(try Picture(triangle.svg()).texts("title") == [triangle.title])
  }
}
