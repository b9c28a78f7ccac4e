
public import SSEWire
public enum ViewerShape: Equatable, Sendable { case samples, frames(hz: Int) }
public enum ResumeRequest: Sendable, Equatable { case head, after(LastEventID), unknown }
public enum DetachReason: Int, CaseIterable, Sendable { case closed, slow, stopped }
public struct ViewerID: Equatable, Sendable { var x: UInt32 = 0; public init() {} }
public final class BroadcastHub {
    public init(boot: UInt64, epochOffsetNanoseconds: Int64) {}
    public func attach(shape: ViewerShape, resume: ResumeRequest, now: Int64) -> ViewerID { ViewerID() }
    public func nextChunk(_ id: ViewerID, limit: Int) -> UnsafeRawBufferPointer? { nil }
    public func took(_ id: ViewerID, bytes: Int, now: Int64) {}
    public func hasOutput(_ id: ViewerID) -> Bool { false }
    public func isMidMessage(_ id: ViewerID) -> Bool { false }
    public func detach(_ id: ViewerID, reason: DetachReason) {}
    public func setStatus(_ b: UnsafeRawBufferPointer) {}
}
