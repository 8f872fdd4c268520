import Foundation

/// Counts of runs of steps by fold, and how likely the journeys of each fold are by the counts of the others.
struct HeldOutLikelihood {
  /// Of one path, by fold.
  struct Journeys {
    var converted: [Double]
    var lost: [Double]

    var total: Double { converted.reduce(0, +) + lost.reduce(0, +) }
  }

  /// Sum of -log P over held-out journeys, by order; none of order 0.
  private(set) var scores: [Double]

  private let run: RunCode
  private let maximum: Int
  private let folds: Int
  // Symbols behind the keys.
  private let conversion: Int
  private let null: Int
  private let start: Int
  private var runs = CodeTable()
  /// By run, `folds` of them: how often it occurred. How often a context did is how often it occurred as a run, as
  /// something comes after every touch.
  private var counts: [Double] = []
  /// By fold: events, which the empty context has seen.
  private var events: [Double]
  /// By length of the context, the last being that since the start: its number, and that of the run with the event
  /// behind it, which is a context of the next event.
  private var contexts: [Int?] = []
  private var seen: [Int?] = []

  init(_ run: RunCode, keys: Int, maximum: Int, folds: Int) {
    self.run = run
    self.maximum = maximum
    self.folds = folds
    conversion = keys
    null = keys + 1
    start = keys + 2
    scores = Array(repeating: 0, count: maximum + 1)
    events = Array(repeating: 0, count: folds)
  }

  mutating func learn(_ path: ArraySlice<Int32>, _ journeys: Journeys) {
    let weights = zip(journeys.converted, journeys.lost).map { $0 + $1 }
    let begin = run.appending(start, to: 0)
    add(weights, to: begin)
    var context = begin
    for (place, step) in path.enumerated() {
      add(weights, of: Int(step), after: context, steps: place)
      context = run.appending(Int(step), to: context)
    }
    add(journeys.converted, of: conversion, after: context, steps: path.count)
    add(journeys.lost, of: null, after: context, steps: path.count)
  }

  private mutating func add(_ weights: [Double], of symbol: Int, after context: UInt64, steps: Int) {
    guard weights.contains(where: { $0 > 0 }) else { return }
    for fold in 0..<folds { events[fold] += weights[fold] }
    for length in 0...min(steps, maximum) { add(weights, to: run.appending(symbol, to: run.last(length, of: context))) }
    if steps < maximum { add(weights, to: run.appending(symbol, to: context)) }
  }

  private mutating func add(_ weights: [Double], to code: UInt64) {
    let place = runs.number(of: code) * folds
    if place == counts.count { counts.append(contentsOf: repeatElement(0, count: folds)) }
    for fold in 0..<folds { counts[place + fold] += weights[fold] }
  }

  mutating func score(_ path: ArraySlice<Int32>, _ journeys: Journeys) {
    let weights = zip(journeys.converted, journeys.lost).map { $0 + $1 }
    var context = run.appending(start, to: 0)
    contexts = [nil, runs.find(context)]
    for (place, step) in path.enumerated() {
      score(weights, of: Int(step), after: context, steps: place)
      context = run.appending(Int(step), to: context)
      contexts.replaceSubrange(1..., with: seen)
    }
    score(journeys.converted, of: conversion, after: context, steps: path.count)
    score(journeys.lost, of: null, after: context, steps: path.count)
  }

  /// Of orders up to the steps of the context, each by as many of its last steps; of higher ones by all since the start.
  private mutating func score(_ weights: [Double], of symbol: Int, after context: UInt64, steps: Int) {
    guard weights.contains(where: { $0 > 0 }) else { return }
    let longest = min(steps, maximum)
    seen.removeAll(keepingCapacity: true)
    for length in 0...longest { seen.append(runs.find(run.appending(symbol, to: run.last(length, of: context)))) }
    if steps < maximum { seen.append(runs.find(run.appending(symbol, to: context))) }
    for fold in 0..<folds where weights[fold] > 0 {
      var known = events.reduce(-events[fold], +)
      var probability = (others(seen[0], fold) + 1 / Double(conversion + 2)) / (known + 1)
      for length in 1..<max(1, seen.count) {
        let occurred = others(contexts[length], fold)
        if occurred != known { probability = (others(seen[length], fold) + probability) / (occurred + 1) }
        known = occurred
        let loss = weights[fold] * log(probability)
        if length <= longest {
          scores[length] -= loss
        } else {
          for order in length...maximum { scores[order] -= loss }
        }
      }
    }
  }

  /// How often a run occurred outside of a fold.
  private func others(_ run: Int?, _ fold: Int) -> Double {
    guard let run else { return 0 }
    var sum = 0.0
    for other in 0..<folds where other != fold { sum += counts[run * folds + other] }
    return sum
  }
}
