enum IngestWorkerPlaceholder {}
