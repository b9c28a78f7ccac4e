enum ClusterSupervisorPlaceholder {}
