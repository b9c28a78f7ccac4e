import ByteCore
import Glibc
import PointerEvents
import PosixIO

/// A recording to be replayed: one JSON sample a line, each with `t`, milliseconds.
///
/// ```
/// {"id":"ann","x":812,"y":433,"t":1732109508123}
/// {"id":"bob","x":10,"y":20,"t":1732109508130,"k":"click"}
/// ```
/// Every id makes a track, which begins at its own first sample and again when it is over; x and y are
/// rounded to whole pixels and brought within 1...9999.
enum Recording {
    /// Why a file is no recording, for a person.
    struct Failure: Error, Equatable {
        var reason: String
    }

    /// Reads the file at `path`.
    static func reading(_ path: String) throws(Failure) -> [Track] {
        guard let file = try? Descriptor.opening(path, flags: O_RDONLY) else {
            throw Failure(reason: unsafe "\(path): \(String(cString: strerror(errno)))")
        }
        // Every process of a run reads it again, which a pipe does not allow.
        var status = stat()
        guard unsafe fstat(file.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(reason: "\(path): not a regular file")
        }
        var text = ByteBuffer(capacity: 64 * 1024)
        while text.count <= LoadLimits.recordingBytes {
            let count = unsafe text.appendInPlace(minimum: 64 * 1024) { room in
                unsafe max(read(file.raw, room.baseAddress, room.count), 0)
            }
            if count == 0 {
                do throws(Failure) {
                    return try unsafe parsing(text.readable)
                } catch {
                    throw Failure(reason: "\(path): \(error.reason)")
                }
            }
        }
        throw Failure(reason: "\(path): longer than \(LoadLimits.recordingBytes >> 20) MiB")
    }

    /// Reads the text of a recording.
    static func parsing(_ text: UnsafeRawBufferPointer) throws(Failure) -> [Track] {
        var decoder = JSONPointerDecoder()
        var places: [String: Int] = [:]
        var tracks: [(begin: Double, points: [TrackPoint])] = []
        var lineNumber = 0
        var rest = unsafe text
        while unsafe !rest.isEmpty {
            lineNumber += 1
            let end = unsafe rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
            let line = unsafe UnsafeRawBufferPointer(rebasing: rest[..<end])
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.count)...])
            guard unsafe line.contains(where: { $0 > 0x20 }) else { continue }
            guard case .accepted(let count) = unsafe decoder.decode(line), count > 0 else {
                throw Failure(reason: "line \(lineNumber) is no sample")
            }
            for index in 0..<count {
                let decoded = decoder.sample(at: index)
                guard decoded.sample.fields.contains(.clientTime) else {
                    throw Failure(reason: "line \(lineNumber) has no time t")
                }
                let id = unsafe String(decoding: decoded.id, as: UTF8.self)
                let time = decoded.sample.clientTime
                let place = places[id] ?? tracks.count
                if place == tracks.count {
                    places[id] = place
                    tracks.append((time, []))
                }
                let microseconds = (time - tracks[place].begin) * 1000
                guard microseconds >= Double(tracks[place].points.last?.microseconds ?? 0) else {
                    throw Failure(reason: "line \(lineNumber) is older than one before it")
                }
                guard microseconds < Double(UInt32.max) else {
                    throw Failure(reason: "line \(lineNumber) comes more than 71 minutes after the first")
                }
                tracks[place].points.append(
                    TrackPoint(
                        microseconds: UInt32(microseconds), x: decoded.sample.x, y: decoded.sample.y,
                        kind: decoded.sample.kind))
            }
        }
        guard !tracks.isEmpty else { throw Failure(reason: "holds no sample") }
        return tracks.map { Track(points: $0.points, microseconds: period(of: $0.points)) }
    }

    /// How long a track lasts until it begins again: behind its last sample comes a pause as long as those
    /// before it on average, or a second where there are none.
    private static func period(of points: [TrackPoint]) -> UInt32 {
        let last = Int(points.last?.microseconds ?? 0)
        let pause = last > 0 ? last / (points.count - 1) : 1_000_000
        return UInt32(clamping: min(last + pause, Int(UInt32.max) - 1))
    }
}

extension LoadPlan {
    /// What is wrong with a recording, or nil.
    public static func recordingComplaint(_ path: String) -> String? {
        do throws(Recording.Failure) {
            _ = try Recording.reading(path)
            return nil
        } catch {
            return error.reason
        }
    }
}
