import Foundation
import Models
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct CurvePlotTests {
  private func validation(_ metrics: TaskMetrics) -> ModelCard.Validation {
    .init(model: metrics, baselines: [:], baselineMeanings: [:])
  }

  @Test func curvesAreWellFormedAndHoldEveryPoint() throws {
    let binary = TaskMetrics.probability(
      try BinaryMetrics(
        probabilities: (0..<100).map { Double($0) / 100 }, labels: (0..<100).map { $0 % 10 < $0 / 10 ? 1 : 0 }))
    let value = TaskMetrics.value(
      try ValueMetrics(predicted: (0..<100).map { Double($0) }, actual: (0..<100).map { Double($0 * 37 % 100) }))
    for metrics in [binary, value] {
      for plot in [
        CurvePlot.calibration(validation(metrics), of: "churn <1>"), .gain(validation(metrics), of: "churn <1>"),
      ] {
        let reader = Circles()
        let parser = XMLParser(data: Data(plot.svg.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(reader.places.count == 10)
        // From the left to the right, inside of the chart.
        #expect(zip(reader.places, reader.places.dropFirst()).allSatisfy { $0.x <= $1.x })
        #expect(reader.places.allSatisfy { (76...436).contains($0.x) && (44...404).contains($0.y) })
      }
    }
  }

  private final class Circles: NSObject, XMLParserDelegate {
    var places: [(x: Double, y: Double)] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      guard name == "circle", let x = attributes["cx"].flatMap(Double.init),
        let y = attributes["cy"].flatMap(Double.init)
      else { return }
      places.append((x, y))
    }
  }
}
