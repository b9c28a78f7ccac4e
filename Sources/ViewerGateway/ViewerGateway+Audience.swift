import AccessControl
import BroadcastHub
import ByteCore
import FramesShape
import PosixIO
import ProxyWire

/// Who watches, and how they get on.
extension ViewerGateway {
    /// Event streams attached, this server's own terminal's included.
    var streamCount: Int { samplesRound.viewers.count + framesRound.viewers.count }

    /// Event streams attached and polls that wait, but for this server's own terminal: who asks for viewers
    /// means others.
    public var viewerCount: Int { streamCount - frontStreams + polls.count }

    /// Viewers whom this server closed since its start, because they could not keep up or asked too much.
    public var viewersClosed: UInt64 {
        [ViewerCloseReason.slow, .memory, .input].reduce(0) { $0 + counters.viewersClosed[$1.rawValue] }
    }

    /// Whether there is any, or was a moment ago and will be back.
    public var isWatched: Bool { streamCount > 0 || isPolled }

    /// Event streams that were let in under a name.
    func streams(of name: AccountName) -> Int { streamsByName[name] ?? 0 }

    /// Counts a stream under the name that it was let in with, or no more.
    func count(_ name: AccountName, by difference: Int) {
        let count = streams(of: name) + difference
        streamsByName[name] = count > 0 ? count : nil
    }

    /// Appends a JSON array of the viewers that are furthest behind; `behind` counts events not had yet.
    ///
    /// ```
    /// [{"name":"me","shape":"frames","hz":10,"behind":0,"conflated":0,"sent":123456,"age":12.3,"idle":0.1,
    ///   "from":"192.0.2.1"}]
    /// ```
    /// `from` is left out where there is no address: behind a Unix socket, or of whom no proxy names.
    func appendAudience(to text: inout ByteBuffer, now: Int64) {
        text.append("[")
        for (index, (viewer, figures)) in furthestBehind(now: now).enumerated() {
            if index > 0 { text.append(",") }
            append(viewer, figures, to: &text)
        }
        text.append("]")
    }

    private func furthestBehind(now: Int64) -> [(Viewer, ViewerFigures)] {
        var found: [(Viewer, ViewerFigures)] = []
        for round in [framesRound, samplesRound] {
            for viewer in round.viewers {
                guard let figures = hub.figures(of: viewer.id, now: now) else { continue }
                if found.count == Limits.listedViewers {
                    guard Self.isFurther(figures, than: found[found.count - 1].1) else { continue }
                    found.removeLast()
                }
                let place = found.firstIndex { Self.isFurther(figures, than: $0.1) } ?? found.count
                found.insert((viewer, figures), at: place)
            }
        }
        return found
    }

    /// Who keeps up with the rest is ordered by what was skipped for them, then by how long they are here.
    private static func isFurther(_ left: ViewerFigures, than right: ViewerFigures) -> Bool {
        if left.behind != right.behind { return left.behind > right.behind }
        if left.conflated != right.conflated { return left.conflated > right.conflated }
        return left.age > right.age
    }

    private func append(_ viewer: Viewer, _ figures: ViewerFigures, to text: inout ByteBuffer) {
        text.append("{\"name\":")
        let name = unsafe connections.find(viewer.connection)?.pointee.name ?? []
        unsafe name.withUnsafeBytes { unsafe text.appendJSONString($0) }
        switch figures.shape {
        case .samples: text.append(",\"shape\":\"samples\"")
        case .frames(let rate):
            text.append(",\"shape\":\"frames\",\"hz\":")
            text.appendDecimal(rate.hertz)
        }
        text.append(",\"behind\":")
        text.appendDecimal(figures.behind)
        text.append(",\"conflated\":")
        text.appendDecimal(figures.conflated)
        text.append(",\"sent\":")
        text.appendDecimal(figures.bytes)
        text.append(",\"age\":")
        text.appendNumber(Self.seconds(figures.age))
        text.append(",\"idle\":")
        text.appendNumber(Self.seconds(figures.idle))
        if let address = unsafe connections.find(viewer.connection)?.pointee.viewer.address {
            text.append(",\"from\":\"")
            text.append(text: address.text)
            text.append("\"")
        }
        text.append("}")
    }

    /// To a tenth.
    private static func seconds(_ nanoseconds: Int64) -> Double {
        (Double(max(0, nanoseconds)) / 1e8).rounded() / 10
    }
}
