import MonitorClient
import PosixIO

extension TopSettings {
    /// Reads parsed values; what each of them says alone was checked by the option table.
    init(_ values: OptionValues) throws(UsageError) {
        let server: ServerURL
        do throws(ServerURL.ParseError) {
            server = try ServerURL(parsing: values["url"] ?? "")
        } catch {
            throw UsageError(message: "\(values["url"] ?? ""): \(error.complaint)", exitStatus: .usage)
        }
        let isOnce = values["once"].flatMap { Complaint.truth(of: $0) } ?? false
        let isJSON = values["json"].flatMap { Complaint.truth(of: $0) } ?? false
        var drawing = try DrawingSettings(values)
        drawing.firstLook = try FirstLook(values)
        self.init(
            server: server, authorities: values["ca-file"], drawing: drawing,
            output: isOnce ? .once(isJSON: isJSON) : isJSON ? .jsonLines : .live,
            token: try ServerToken.find(values))
    }
}
