import ByteCore
import PointerEvents

/// An object of a keyframe's or frame's arrays: a visitor, a join or a sample, whose keys are one family.
struct VisitorEntry {
    var id: JSONString
    var page: JSONString?
    var name: JSONString?
    /// Below 0 where they were not there, as `width`, `height` and `buttons` are: optionals would make a copy
    /// of an entry, and every sample is one, a call.
    var since: Int64 = -1
    var last: Int64 = -1
    var worker: Int32 = 0
    var buttons: Int32 = -1
    var rate = 0.0
    var x = 0.0
    var y = 0.0
    var width = -1.0
    var height = -1.0
    /// No number where they were not there.
    var scrollX = Double.infinity
    var scrollY = Double.infinity
    var documentWidth = -1.0
    var documentHeight = -1.0
    var kind = PointerKind.move
    /// Whether `x` and `y` were there.
    var hasPosition = false

    /// Scans one element; nil where it is no object or has no id that could be one.
    @inline(__always)
    init?(_ scanner: inout JSONScanner) throws(JSONFault) {
        guard scanner.next == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return nil
        }
        try scanner.open()
        var id: JSONString?
        var positions = 0
        var isFirst = true
        while let name = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            switch MessageKey(name) {
            case .id: id = try scanner.takeString()
            case .x:
                if let value = try scanner.takeNumber() {
                    x = value
                    positions |= 1
                }
            case .y:
                if let value = try scanner.takeNumber() {
                    y = value
                    positions |= 2
                }
            case .kind: kind = try scanner.takeString().flatMap(Self.kind) ?? .move
            case .page: page = try scanner.takeString()
            case .buttons: buttons = Int32(try scanner.takeCount(upTo: Int(UInt16.max)) ?? -1)
            case .width: width = try scanner.takeNumber() ?? -1
            case .height: height = try scanner.takeNumber() ?? -1
            case .scrollX: scrollX = try scanner.takeNumber() ?? .infinity
            case .scrollY: scrollY = try scanner.takeNumber() ?? .infinity
            case .documentWidth: documentWidth = try scanner.takeNumber() ?? -1
            case .documentHeight: documentHeight = try scanner.takeNumber() ?? -1
            case .name: self.name = try scanner.takeString()
            case .since: since = try scanner.takeEpochMilliseconds() ?? -1
            case .last: last = try scanner.takeEpochMilliseconds() ?? -1
            case .rate: rate = min(max(try scanner.takeNumber() ?? 0, 0), LiveModelLimits.samplesPerSecond)
            case .worker: worker = Int32(try scanner.takeCount(upTo: Int(Int32.max)) ?? 0)
            default: try scanner.skipValue()
            }
        }
        guard let id, unsafe !id.raw.isEmpty else { return nil }
        self.id = id
        hasPosition = positions == 3
    }

    private static func kind(_ word: JSONString) -> PointerKind? {
        PointerKind.allCases.first { word.equals($0.word) }
    }
}
