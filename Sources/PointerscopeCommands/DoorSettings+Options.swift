import ByteCore
import SupervisorCore

extension DoorSettings {
    /// Reads parsed values; what each of them says alone was checked by the option table.
    init(_ values: OptionValues) {
        self.init()
        limits = AddressLimits(
            connections: values["address-limit"].flatMap { Int($0) } ?? limits.connections,
            newPerSecond: values["address-rate"].flatMap { Int($0) } ?? limits.newPerSecond)
        unlimited = values.all("unlimited").compactMap { try? IPNetwork(parsing: $0) }
        countsLoopback = values["limit-loopback"].flatMap { Complaint.truth(of: $0) } ?? false
    }
}
