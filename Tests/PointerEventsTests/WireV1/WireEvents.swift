import ByteCore
import Foundation
import TestSupport

@testable import PointerEvents

/// What an encoder is told, as the vectors have it.
enum WireEvents {
    struct Unknown: Error { var event: String }

    /// The bytes of one message.
    static func encode(_ events: [[Any]], with encoder: inout WireV1Encoder) throws -> [UInt8] {
        var buffer = ByteBuffer()
        var rest = events[...]
        if rest.first?.first as? String == "hello" {
            let told = rest.removeFirst()
            try withHello(told[1] as? [String: Any] ?? [:]) { encoder.appendHello($0, to: &buffer) }
        } else if rest.first?.first as? String == "sync" {
            let told = rest.removeFirst()
            encoder.receivedResync()
            encoder.beginMessage(at: Int64(number(told[1])), to: &buffer)
        } else {
            encoder.beginMessage(at: 0, to: &buffer)
        }
        for event in rest { try append(event, with: &encoder, to: &buffer) }
        return Array(buffer.readable)
    }

    private static func append(
        _ event: [Any], with encoder: inout WireV1Encoder, to buffer: inout ByteBuffer
    ) throws {
        let numbers = event.dropFirst().map { $0 is String ? 0 : number($0) }
        let values = numbers.map { Int32(truncatingIfNeeded: $0) }
        let time = Int64(numbers.first ?? 0)
        let texts = event.dropFirst().compactMap { $0 as? String }
        switch event[0] as? String {
        case "move": encoder.appendMove(x: values[1], y: values[2], at: time, to: &buffer)
        case "down", "up", "cancel", "enter", "leave":
            let kind = try kind(event)
            encoder.append(
                kind, x: values[1], y: values[2], buttons: values.count > 3 ? UInt16(values[3]) : 0,
                at: time, to: &buffer)
        case "click":
            Array(texts[0].utf8).withUnsafeBytes {
                encoder.appendClick(element: $0, x: values[1], y: values[2], at: time, to: &buffer)
            }
        case "scroll": encoder.appendScroll(toX: values[1], y: values[2], at: time, to: &buffer)
        case "wheel": encoder.appendWheel(x: values[1], y: values[2], at: time, to: &buffer)
        case "visibility": encoder.appendVisibility(values[1] == 1, at: time, to: &buffer)
        case "resize":
            encoder.appendResize(
                width: values[1], height: values[2], documentWidth: values[3], documentHeight: values[4],
                at: time, to: &buffer)
        case "page":
            Array(texts[0].utf8).withUnsafeBytes {
                encoder.appendPage(
                    path: $0, scrollX: values[2], scrollY: values[3], documentWidth: values[4],
                    documentHeight: values[5], at: time, to: &buffer)
            }
        case "name": Array(texts[0].utf8).withUnsafeBytes { encoder.appendName($0, to: &buffer) }
        case "bye": encoder.appendBye(at: time, to: &buffer)
        case "pointer": encoder.appendPointer(PointerType(rawValue: UInt8(values[0])), to: &buffer)
        default: throw Unknown(event: "\(event)")
        }
    }

    private static func kind(_ event: [Any]) throws -> PointerKind {
        guard let kind = PointerKind.allCases.first(where: { "\($0)" == event[0] as? String }) else {
            throw Unknown(event: "\(event)")
        }
        return kind
    }

    private static func number(_ value: Any?) -> Int { (value as? NSNumber)?.intValue ?? 0 }

    private static func withHello(_ told: [String: Any], _ body: (WireV1Hello) -> Void) throws {
        let texts = ["token", "path", "name"].map { Array((told[$0] as? String ?? "").utf8) }
        var hello = WireV1Hello()
        hello.isPlaceKnown = told["place"] as? Bool ?? false
        hello.isVisible = told["visible"] as? Bool ?? false
        hello.clock = Int64(number(told["clock"]))
        let instance = (told["instance"] as? String ?? "").split(separator: " ")
        for (index, digits) in instance.enumerated() {
            hello.instance |= UInt64(UInt8(digits, radix: 16) ?? 0) << UInt64(8 * index)
        }
        let values = ["x", "y", "sx", "sy", "w", "h", "dw", "dh", "ratio"].map { Int32(number(told[$0])) }
        (hello.x, hello.y, hello.scrollX, hello.scrollY) = (values[0], values[1], values[2], values[3])
        (hello.width, hello.height) = (values[4], values[5])
        (hello.documentWidth, hello.documentHeight) = (values[6], values[7])
        hello.pixelRatioHundredths = values[8]
        hello.pointerType = PointerType(rawValue: UInt8(number(told["pt"])))
        texts[0].withUnsafeBytes { token in
            texts[1].withUnsafeBytes { path in
                texts[2].withUnsafeBytes { name in
                    hello.token = token
                    hello.path = path
                    hello.name = name
                    body(hello)
                }
            }
        }
    }

    /// A hello as text, for comparison.
    static func told(_ hello: WireV1Hello) -> String {
        let texts = [hello.token, hello.path, hello.name].map { String(decoding: $0, as: UTF8.self) }
        let type = hello.pointerType.map { "\($0)" } ?? "none"
        return """
            \(hello.isPlaceKnown) \(hello.isVisible) \(hello.clock) \(hello.instance) \(texts) \(hello.x) \
            \(hello.y) \(hello.scrollX) \(hello.scrollY) \(hello.width) \(hello.height) \
            \(hello.documentWidth) \(hello.documentHeight) \(hello.pixelRatioHundredths) \(type)
            """
    }

    static func hello(_ told: [String: Any]) -> String {
        var text = ""
        try? withHello(told) { text = self.told($0) }
        return text
    }
}
