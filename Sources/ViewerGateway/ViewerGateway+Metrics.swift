public import ByteCore

extension ViewerGateway {
    public func appendMetrics(to text: inout ByteBuffer) { text.append("x 1\n") }
}
