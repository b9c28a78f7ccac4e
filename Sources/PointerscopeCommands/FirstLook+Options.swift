import MonitorClient
import PosixIO
import TerminalGraph

extension OptionSpecification {
    /// What `serve` and `top` show first.
    static let firstLook: [OptionSpecification] = [
        OptionSpecification(
            name: "view", argument: .required("NAME"), defaultValue: "",
            help: "show first \(viewNames.dropLast().joined(separator: ", ")) or \(viewNames.last ?? "")",
            choices: viewNames),
        OptionSpecification(
            name: "filter", argument: .required("TERMS"), defaultValue: "",
            help: "show only what all TERMS hold of, such as 'page:/docs rate>5'",
            complaint: { _ in nil }),
        OptionSpecification(
            name: "sort", argument: .required("COLUMN"), defaultValue: "",
            help: "sort the view's list by COLUMN; --sort=-COLUMN: the other way round",
            suggestions: { columnNames },
            complaint: { $0.isEmpty ? "must name a column" : nil }),
    ]

    private static let viewNames = MonitorView.allCases.map(\.rawValue)

    /// The columns of all lists, each once.
    private static var columnNames: [String] {
        var names: [String] = []
        for name in MonitorView.allCases.flatMap({ ListOrder.words(in: $0) }) where !names.contains(name) {
            names.append(name)
        }
        return names
    }
}

extension FirstLook {
    /// Reads parsed values.
    init(_ values: OptionValues) throws(UsageError) {
        do throws(FirstLookError) {
            try self.init(
                view: values["view"].flatMap { MonitorView(rawValue: $0) }, filter: values["filter"] ?? "",
                sort: values["sort"] ?? "")
        } catch {
            let name = error.option
            throw UsageError(
                message: "\(values.origin(of: name)) \(values[name] ?? ""): \(error.complaint)",
                exitStatus: values.isFromFile(name) ? .configuration : .usage)
        }
    }
}
