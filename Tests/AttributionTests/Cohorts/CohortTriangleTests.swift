import Attribution
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Collects the texts of a picture.
private final class Reader: NSObject, XMLParserDelegate {
  private(set) var elements: [(name: String, attributes: [String: String], text: String)] = []
  private var open: [Int] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append((name, attributes, ""))
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let last = open.last { elements[last].text += text }
  }

  static func read(_ svg: String) throws -> Reader {
    let reader = Reader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    return reader
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
    let picture = try Reader.read(Self.triangle.svg())
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
    let picture = try Reader.read(Self.triangle.svg())
    let cells = picture.elements.filter { $0.name == "rect" && $0.attributes["rx"] != nil }.map(\.attributes)
    #expect(cells.map { $0["fill"] } == ["#08306b", "#08306b", "#9ecae1", "#08306b", "#f7fbff"])
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
    let texts = try Reader.read(triangle.svg()).texts("text")
    #expect(texts.contains("12.3k") && texts.contains("1.0M") && texts.contains("3.50") && texts.contains("a\u{fffd}b"))
    triangle.rows = []
    triangle.columns = []
    #expect(try Reader.read(triangle.svg()).texts("title") == [triangle.title])
  }
}
