import ByteCore
import PointerEvents
import TestSupport

@testable import IngestWorker

/// What pages say, of which some is lost.
extension VisitorHistory {
    /// Messages that never arrive.
    func lose(_ index: Int) -> String {
        for _ in 0..<(random.once(in: 6) ? 257 + random.below(90) : 1 + random.below(3)) {
            pages[index].page.message { _, _, _ in }
            pages[index].lost += 1
        }
        // The one in front of them cannot be the last one any more.
        return speak(index)
    }

    func speak(_ index: Int) -> String {
        // The second one comes before the page has heard what the worker says of the first.
        for _ in 0..<random.pick([1, 1, 2]) { say(index) }
        return "speak"
    }

    /// A message with a few records, which is taken unless some are missing in front of it.
    private func say(_ index: Int) {
        let before = pages[index]
        var words: [String] = []
        let isSync = pages[index].page.message { buffer, encoder, time in
            for _ in 0..<random.below(5) { record(index, &words, &buffer, &encoder, time) }
        }
        pages[index].page.send()
        let lost = before.lost
        pages[index].lost = 0
        if isSync {
            counted.missing += lost + before.owed
            pages[index].owed = 0
        } else {
            counted.missing += lost % 256
            pages[index].owed += lost - lost % 256
        }
        // A sync tells more of the gap before it, unless others are missing as well.
        if lost > 0, !(isSync && before.isBehindGap && lost % 256 == 0) { counted.gaps += 1 }
        if !isSync, lost > 0 { pages[index].hears.append("resync") }
        pages[index].isBehindGap = !isSync && (before.isBehindGap || lost > 0)
        if pages[index].isBehindGap {
            // What it said the worker does not know; what the page knows of itself, it knows.
            pages[index].isOnPage = before.isOnPage
            pages[index].name = before.name
        } else {
            expected += words
            counted.samples += UInt64(words.count)
        }
    }

    private func record(
        _ index: Int, _ words: inout [String], _ buffer: inout ByteBuffer, _ encoder: inout WireV1Encoder,
        _ time: Int64
    ) {
        var model = pages[index]
        func said(_ kind: String, _ more: String = "") {
            let name = model.name.map { " called \($0)" } ?? ""
            let parts = more.hasPrefix(" on") ? more + name : name + more
            words.append("\(model.who): \(kind) \(model.x) \(model.y)\(parts)")
            model.name = nil
        }
        switch random.below(7) {
        case 0:
            let name = "n\(random.below(9))"
            model.name = name
            for byte in [0x0E, UInt8(name.utf8.count)] + name.utf8 { buffer.append(byte) }
        case 1:
            let element = "a#\(random.below(9))"
            Array(element.utf8).withUnsafeBytes {
                encoder.appendClick(element: $0, x: Int32(model.x), y: Int32(model.y), at: time, to: &buffer)
            }
            said("click", " at \(element)")
        case 2:
            let path = "/p\(random.below(9))"
            Array(path.utf8).withUnsafeBytes {
                encoder.appendPage(
                    path: $0, scrollX: 0, scrollY: 0, documentWidth: 5, documentHeight: 6, at: time,
                    to: &buffer)
            }
            said(model.isOnPage ? "move" : "leave", " on \(path)")
        case 3:
            let kind: PointerKind = random.pick([.down, .leave, .enter])
            model.x += 1
            encoder.append(kind, x: Int32(model.x), y: Int32(model.y), buttons: 1, at: time, to: &buffer)
            model.isOnPage = kind != .leave
            said("\(kind)")
        default:
            model.x += random.below(300) - 150
            model.y += random.below(40) - 20
            encoder.appendMove(x: Int32(model.x), y: Int32(model.y), at: time, to: &buffer)
            model.isOnPage = true
            said("move")
        }
        pages[index] = model
    }
}

/// What should hold of one page's connection.
struct PageModel {
    let page: WirePage
    var x = 10
    var y = 20
    var isOnPage = true
    /// Said by the next sample.
    var name: String?
    var told: Pace
    var own: Pace?
    /// Messages that were lost since the last that arrived.
    var lost: UInt64 = 0
    /// Those of them that the number of a message, a byte, could not tell.
    var owed: UInt64 = 0
    var isBehindGap = false
    var hears: [String] = []
    /// As the master hears of it.
    var who: String { "\(page.number) \(page.id)" }
}
