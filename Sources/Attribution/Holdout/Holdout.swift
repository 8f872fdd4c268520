import Journeys

/// The lift of channels, from customers who were held out of them at random.
///
/// A customer belongs to the group of his first assignment in an experiment on a channel, whatever he is assigned
/// later and whether or not anything reached him: groups as they were drawn ("intention to treat") are the ones that
/// chance alone has made equal. His conversions after the assignment, in the order of the store, are his; those before
/// are nobody's. Linear in events; everything counted is a whole number, so every cut gives the same.
public struct Holdout: Aggregation {
  public let query: HoldoutQuery
  /// By code of the event type: class 0 assigns, class 1 is counted.
  private let classes: [UInt8]
  private let experiments: Column<Int32>
  private let groups: Column<Int32>
  private let experimentNames: NameTable
  private let channelNames: NameTable
  private let treatment: Int32?
  private let holdout: Int32?

  /// - Throws: `.unknownName` for a store that has no assignments, did not keep their columns or does not have a
  ///   conversion type; `.invalidQuery`.
  public init(_ query: HoldoutQuery, of store: JourneyStore) throws(AttributionError) {
    guard !query.conversions.isEmpty, query.window ?? 0 >= 0, query.level > 0, query.level < 1 else {
      throw AttributionError(
        .invalidQuery,
        "holdout: it needs a conversion event, a window that is not negative and a level between 0 and 1")
    }
    self.query = query
    guard let assignment = store.eventTypeNames.code(of: query.assignment) else {
      throw AttributionError(
        .unknownName,
        "holdout: journey store \(store.directory.path) has no event '\(query.assignment)', which says who was held "
          + "out of which channel; send it when an experiment draws its groups")
    }
    var classes = [UInt8](repeating: 0, count: store.eventTypeNames.count)
    for code in try store.eventTypeCodes(query.conversions, for: "conversion") {
      classes[Int(code)] = HoldoutWalk.conversion
    }
    guard classes[Int(assignment)] == 0 else {
      throw AttributionError(.invalidQuery, "holdout: '\(query.assignment)' cannot be a conversion too; name another")
    }
    classes[Int(assignment)] = HoldoutWalk.assignment
    self.classes = classes
    let groupNames: NameTable
    (experiments, experimentNames) = try Self.column(query.experimentColumn, query, store)
    (groups, groupNames) = try Self.column(query.groupColumn, query, store)
    channelNames = store.channelNames
    treatment = groupNames.code(of: query.treatment)
    holdout = groupNames.code(of: query.holdout)
  }

  public func empty() -> HoldoutTally { HoldoutTally() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout HoldoutTally) {
    store.withColumns { columns in
      experiments.span.withUnsafeBufferPointer { experiments in
        groups.span.withUnsafeBufferPointer { groups in
          let groups = GroupColumns(experiments: experiments, groups: groups, treatment: treatment, holdout: holdout)
          var bits = EventBits(classes: 2, classes)
          var walk = HoldoutWalk(query)
          for batch in CustomerBatches(customers, of: columns) {
            bits.find(columns.events(of: batch), in: columns.types)
            walk.add(batch, bits, columns, groups, into: &partial)
          }
        }
      }
    }
  }

  public func merge(_ later: HoldoutTally, into partial: inout HoldoutTally) { partial.groups.add(later.groups) }

  /// - Throws: `.unsolvable` when a customer's revenue is beyond what can be squared.
  public func finish(_ partial: HoldoutTally) throws -> HoldoutResult {
    var tests: [UInt64: [HoldoutKey.Group: HoldoutSums]] = [:]
    for (bits, sums) in partial.groups.sorted() {
      guard !sums.isOverflown else {
        throw AttributionError(
          .unsolvable,
          "holdout: the squares of the customers' revenue pass 128 bits; amounts of this size are no money: look for "
            + "wrong ones in the events")
      }
      let key = HoldoutKey(bits: bits)
      tests[key.test, default: [:]][key.group] = sums
    }
    return HoldoutResult(
      level: query.level, conversions: query.conversions,
      tests: tests.sorted { $0.key < $1.key }.map { test, groups in
        let key = HoldoutKey(bits: test)
        return HoldoutTest(
          channel: Self.name(key.channel, channelNames), experiment: Self.name(key.experiment, experimentNames), groups,
          level: query.level)
      })
  }

  private static func name(_ code: Int32, _ names: NameTable) -> String? {
    (0..<Int32(names.count)).contains(code) ? names[code] : nil
  }

  private static func column(
    _ name: String, _ query: HoldoutQuery, _ store: JourneyStore
  ) throws(AttributionError) -> (Column<Int32>, NameTable) {
    guard let property = try? store.property(name), case .names(let codes, let names) = property else {
      throw AttributionError(
        .unknownName,
        "holdout: journey store \(store.directory.path) did not keep '\(name)' of event_data; make it again with "
          + "'import --property \(query.experimentColumn) --property \(query.groupColumn)', or 'snapshot' with both")
    }
    return (codes, names)
  }
}
