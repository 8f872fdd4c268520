import Journeys

/// The columns of a plan as bare pointers, for the loop over the events. Good as long as the plan.
struct EntityColumns {
  let entities: UnsafePointer<Int32>?
  let costs: UnsafePointer<Int64>?
  let points: UnsafePointer<Int64>?
  let parts: [Part]

  struct Part: BitwiseCopyable {
    let codes: UnsafePointer<Int32>
    let count: UInt32
    let first: Int
    /// A link is the page of a click, not that of a visit or purchase.
    let isOfClicks: Bool
  }

  init(_ plan: EntityPlan) {
    entities = plan.entityColumn.flatMap(Self.start)
    costs = plan.costs.flatMap(Self.start)
    points = plan.points.flatMap(Self.start)
    parts = plan.parts.compactMap { part in
      Self.start(part.column).map {
        Part(codes: $0, count: UInt32(part.names.count), first: part.first, isOfClicks: part.dimension == .link)
      }
    }
  }

  private static func start<Element>(_ column: Column<Element>) -> UnsafePointer<Element>? {
    column.span.withUnsafeBufferPointer(\.baseAddress)
  }
}
