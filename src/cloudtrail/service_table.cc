#include "cloudtrail/service_table.h"

namespace flowtrail::cloudtrail {

namespace {

using enum ServiceEvent::Effect;

constexpr std::string_view kRds = "rds";
constexpr std::string_view kRdsGroups = "rq.vpcSecurityGroupIds|rs.vpcSecurityGroups";
constexpr std::string_view kRdsName = "rq.dBInstanceIdentifier|rs.dBInstanceIdentifier";
constexpr std::string_view kRdsTarget = "rq.targetDBInstanceIdentifier|rs.dBInstanceIdentifier";
constexpr std::string_view kClusterName = "rq.dBClusterIdentifier|rs.dBClusterIdentifier";

constexpr std::string_view kElb = "elasticloadbalancing";

constexpr std::string_view kVpcConfig = "rq.vpcConfig.securityGroupIds|rs.vpcConfig.securityGroupIds";
constexpr std::string_view kAwsvpc =
    "rq.networkConfiguration.awsvpcConfiguration.securityGroups|"
    "rs.service.networkConfiguration.awsvpcConfiguration.securityGroups";
constexpr std::string_view kEcsCluster = "rs.service.clusterArn|rq.cluster";
constexpr std::string_view kEksGroups = "rq.resourcesVpcConfig.securityGroupIds";
constexpr std::string_view kCacheGroups = "rq.securityGroupIds|rs.securityGroups";
constexpr std::string_view kVpcOptions =
    "rq.vPCOptions.securityGroupIds|rs.domainStatus.vPCOptions.securityGroupIds|"
    "rs.domainConfig.vPCOptions.options.securityGroupIds";
constexpr std::string_view kKafkaGroups =
    "rq.brokerNodeGroupInfo.securityGroups+rq.provisioned.brokerNodeGroupInfo.securityGroups+"
    "rq.serverless.vpcConfigs.securityGroupIds";
constexpr std::string_view kEmrGroups =
    "rq.instances.emrManagedMasterSecurityGroup+rq.instances.emrManagedSlaveSecurityGroup+"
    "rq.instances.serviceAccessSecurityGroup+rq.instances.additionalMasterSecurityGroups+"
    "rq.instances.additionalSlaveSecurityGroups";
constexpr std::string_view kConnectionGroups = "rq.connectionInput.physicalConnectionRequirements.securityGroupIdList";
constexpr std::string_view kTemplateName =
    "rs.launchTemplate.launchTemplateName|rs.launchTemplateVersion.launchTemplateName|rq.launchTemplateName|"
    "rs.launchTemplate.launchTemplateId|rs.launchTemplateVersion.launchTemplateId|rq.launchTemplateId";

constexpr ServiceEvent kEvents[] = {
    // Launch data of EC2 and Auto Scaling.
    {"ec2", "CreateLaunchTemplate", kCreated, "launch-template", kTemplateName, "rq.launchTemplateData*"},
    {"ec2", "CreateLaunchTemplateVersion", kAdded, "launch-template", kTemplateName,
     "rq.launchTemplateData*+rs.launchTemplateVersion*"},
    {"ec2", "DeleteLaunchTemplate", kDeleted, "launch-template", kTemplateName},
    {"ec2", "RequestSpotInstances", kCreated, "spot-request", "rs.spotInstanceRequestSet.spotInstanceRequestId",
     "rq*|rs*"},
    {"ec2", "CancelSpotInstanceRequests", kDeleted, "spot-request",
     "rq.spotInstanceRequestIdSet.spotInstanceRequestId|rq.spotInstanceRequestIdSet|rq.spotInstanceRequestId"},
    {"ec2", "RequestSpotFleet", kCreated, "spot-fleet", "rs.spotFleetRequestId", "rq*"},
    {"ec2", "CancelSpotFleetRequests", kDeleted, "spot-fleet",
     "rq.spotFleetRequestIdSet.spotFleetRequestId|rq.spotFleetRequestIds|rq.spotFleetRequestId"},
    {"ec2", "CreateFleet", kCreated, "fleet", "rs.fleetId", "rq*"},
    {"ec2", "DeleteFleets", kDeleted, "fleet", "rq.fleetIds|rq.fleetId"},
    {"autoscaling", "CreateLaunchConfiguration", kCreated, "launch-configuration", "rq.launchConfigurationName",
     "rq.securityGroups+rq.classicLinkVPCSecurityGroups"},
    {"autoscaling", "DeleteLaunchConfiguration", kDeleted, "launch-configuration", "rq.launchConfigurationName"},

    // Endpoints of EC2.
    {"ec2", "CreateVpcEndpoint", kCreated, "vpc-endpoint", "rs.vpcEndpoint.vpcEndpointId",
     "rs.vpcEndpoint.groupSet|rq.securityGroupId|rq.securityGroupIds", "", "rs.vpcEndpoint.networkInterfaceIdSet"},
    {"ec2", "ModifyVpcEndpoint", kChanged, "vpc-endpoint", "rq.vpcEndpointId",
     "rq.addSecurityGroupId|rq.addSecurityGroupIds", "", "", "rq.removeSecurityGroupId|rq.removeSecurityGroupIds"},
    {"ec2", "DeleteVpcEndpoints", kDeleted, "vpc-endpoint", "rq.vpcEndpointId|rq.vpcEndpointIds"},
    {"ec2", "CreateInstanceConnectEndpoint", kCreated, "instance-connect-endpoint",
     "rs.instanceConnectEndpoint.instanceConnectEndpointId",
     "rs.instanceConnectEndpoint.securityGroupIdSet|rq.securityGroupId|rq.securityGroupIds", "",
     "rs.instanceConnectEndpoint.networkInterfaceIdSet"},
    {"ec2", "ModifyInstanceConnectEndpoint", kSet, "instance-connect-endpoint", "rq.instanceConnectEndpointId",
     "rq.securityGroupId|rq.securityGroupIds"},
    {"ec2", "DeleteInstanceConnectEndpoint", kDeleted, "instance-connect-endpoint", "rq.instanceConnectEndpointId"},
    {"ec2", "CreateClientVpnEndpoint", kCreated, "client-vpn", "rs.clientVpnEndpointId",
     "rq.securityGroupId|rq.securityGroupIds"},
    {"ec2", "ModifyClientVpnEndpoint", kSet, "client-vpn", "rq.clientVpnEndpointId",
     "rq.securityGroupId|rq.securityGroupIds"},
    {"ec2", "ApplySecurityGroupsToClientVpnTargetNetwork", kSet, "client-vpn", "rq.clientVpnEndpointId",
     "rs.securityGroupIds|rq.securityGroupId|rq.securityGroupIds"},
    {"ec2", "DeleteClientVpnEndpoint", kDeleted, "client-vpn", "rq.clientVpnEndpointId"},
    {"ec2", "CreateVerifiedAccessEndpoint", kCreated, "verified-access",
     "rs.verifiedAccessEndpoint.verifiedAccessEndpointId",
     "rs.verifiedAccessEndpoint.securityGroupIdSet|rq.securityGroupId|rq.securityGroupIds"},
    {"ec2", "DeleteVerifiedAccessEndpoint", kDeleted, "verified-access", "rq.verifiedAccessEndpointId"},

    // RDS; DocumentDB and Neptune use the same source and names.
    {kRds, "CreateDBInstance", kCreated, "rds", kRdsName, kRdsGroups},
    {kRds, "CreateDBInstanceReadReplica", kCreated, "rds", kRdsName, kRdsGroups},
    {kRds, "RestoreDBInstanceFromDBSnapshot", kCreated, "rds", kRdsName, kRdsGroups},
    {kRds, "RestoreDBInstanceFromS3", kCreated, "rds", kRdsName, kRdsGroups},
    {kRds, "RestoreDBInstanceToPointInTime", kCreated, "rds", kRdsTarget, kRdsGroups},
    {kRds, "ModifyDBInstance", kSet, "rds", kRdsName, kRdsGroups},
    {kRds, "DeleteDBInstance", kDeleted, "rds", kRdsName},
    {kRds, "CreateDBCluster", kCreated, "rds-cluster", kClusterName, kRdsGroups},
    {kRds, "RestoreDBClusterFromSnapshot", kCreated, "rds-cluster", kClusterName, kRdsGroups},
    {kRds, "RestoreDBClusterFromS3", kCreated, "rds-cluster", kClusterName, kRdsGroups},
    {kRds, "RestoreDBClusterToPointInTime", kCreated, "rds-cluster", kClusterName, kRdsGroups},
    {kRds, "ModifyDBCluster", kSet, "rds-cluster", kClusterName, kRdsGroups},
    {kRds, "DeleteDBCluster", kDeleted, "rds-cluster", kClusterName},
    {kRds, "CreateDBProxy", kCreated, "rds-proxy", "rq.dBProxyName",
     "rq.vpcSecurityGroupIds|rs.dBProxy.vpcSecurityGroupIds"},
    {kRds, "ModifyDBProxy", kSet, "rds-proxy", "rq.dBProxyName",
     "rq.securityGroups|rq.vpcSecurityGroupIds|rs.dBProxy.vpcSecurityGroupIds"},
    {kRds, "DeleteDBProxy", kDeleted, "rds-proxy", "rq.dBProxyName"},
    {"docdb-elastic", "CreateCluster", kCreated, "docdb-elastic", "rq.clusterName",
     "rq.vpcSecurityGroupIds|rs.cluster.vpcSecurityGroupIds"},
    {"docdb-elastic", "UpdateCluster", kSet, "docdb-elastic", "rs.cluster.clusterName|rq.clusterArn",
     "rq.vpcSecurityGroupIds"},
    {"docdb-elastic", "DeleteCluster", kDeleted, "docdb-elastic", "rs.cluster.clusterName|rq.clusterArn"},

    // Load balancers. The classic ones are called by name, the newer ones by ARN.
    {kElb, "CreateLoadBalancer", kCreated, "elbv2", "rq.name", "rq.securityGroups|rs.loadBalancers.securityGroups"},
    {kElb, "CreateLoadBalancer", kCreated, "elb", "rq.loadBalancerName", "rq.securityGroups"},
    {kElb, "DeleteLoadBalancer", kDeleted, "elbv2", "rq.loadBalancerArn"},
    {kElb, "DeleteLoadBalancer", kDeleted, "elb", "rq.loadBalancerName"},
    {kElb, "SetSecurityGroups", kSet, "elbv2", "rq.loadBalancerArn", "rq.securityGroups|rs.securityGroupIds"},
    {kElb, "ApplySecurityGroupsToLoadBalancer", kSet, "elb", "rq.loadBalancerName",
     "rq.securityGroups|rs.securityGroups"},

    {"lambda", "CreateFunction", kCreated, "lambda", "rq.functionName|rs.functionName", kVpcConfig},
    {"lambda", "UpdateFunctionConfiguration", kSet, "lambda", "rq.functionName|rs.functionName", kVpcConfig},
    {"lambda", "DeleteFunction", kDeleted, "lambda", "rq.functionName"},

    {"ecs", "CreateService", kCreated, "ecs", "rq.serviceName|rs.service.serviceName", kAwsvpc, kEcsCluster},
    {"ecs", "UpdateService", kSet, "ecs", "rq.service|rs.service.serviceName", kAwsvpc, kEcsCluster},
    {"ecs", "CreateTaskSet", kAdded, "ecs", "rq.service", kAwsvpc, kEcsCluster},
    {"ecs", "DeleteService", kDeleted, "ecs", "rq.service|rs.service.serviceName", "", kEcsCluster},
    {"ecs", "RunTask", kMentioned, "ecs-task", "rq.taskDefinition", "rq.networkConfiguration*"},
    {"ecs", "StartTask", kMentioned, "ecs-task", "rq.taskDefinition", "rq.networkConfiguration*"},

    {"eks", "CreateCluster", kCreated, "eks", "rq.name|rs.cluster.name", kEksGroups},
    {"eks", "CreateCluster", kCreated, "eks-cluster-group", "rq.name|rs.cluster.name",
     "rs.cluster.resourcesVpcConfig.clusterSecurityGroupId"},
    {"eks", "UpdateClusterConfig", kSet, "eks", "rq.name", kEksGroups},
    {"eks", "DeleteCluster", kDeleted, "eks", "rq.name"},
    {"eks", "DeleteCluster", kDeleted, "eks-cluster-group", "rq.name"},
    {"eks", "CreateNodegroup", kCreated, "eks-nodegroup", "rq.nodegroupName",
     "rq.remoteAccess.sourceSecurityGroups+rs.nodegroup.resources.remoteAccessSecurityGroup", "rq.clusterName|rq.name"},
    {"eks", "DeleteNodegroup", kDeleted, "eks-nodegroup", "rq.nodegroupName", "", "rq.clusterName|rq.name"},

    {"elasticache", "CreateCacheCluster", kCreated, "elasticache", "rq.cacheClusterId", kCacheGroups},
    {"elasticache", "ModifyCacheCluster", kSet, "elasticache", "rq.cacheClusterId", kCacheGroups},
    {"elasticache", "DeleteCacheCluster", kDeleted, "elasticache", "rq.cacheClusterId"},
    {"elasticache", "CreateReplicationGroup", kCreated, "elasticache", "rq.replicationGroupId", kCacheGroups},
    {"elasticache", "ModifyReplicationGroup", kSet, "elasticache", "rq.replicationGroupId", kCacheGroups},
    {"elasticache", "DeleteReplicationGroup", kDeleted, "elasticache", "rq.replicationGroupId"},
    {"elasticache", "CreateServerlessCache", kCreated, "elasticache", "rq.serverlessCacheName",
     "rq.securityGroupIds|rs.serverlessCache.securityGroupIds"},
    {"elasticache", "ModifyServerlessCache", kSet, "elasticache", "rq.serverlessCacheName",
     "rq.securityGroupIds|rs.serverlessCache.securityGroupIds"},
    {"elasticache", "DeleteServerlessCache", kDeleted, "elasticache", "rq.serverlessCacheName"},

    {"redshift", "CreateCluster", kCreated, "redshift", "rq.clusterIdentifier", kRdsGroups},
    {"redshift", "RestoreFromClusterSnapshot", kCreated, "redshift", "rq.clusterIdentifier", kRdsGroups},
    {"redshift", "ModifyCluster", kSet, "redshift", "rq.clusterIdentifier", kRdsGroups},
    {"redshift", "DeleteCluster", kDeleted, "redshift", "rq.clusterIdentifier"},
    {"redshift-serverless", "CreateWorkgroup", kCreated, "redshift-serverless", "rq.workgroupName",
     "rq.securityGroupIds|rs.workgroup.securityGroupIds"},
    {"redshift-serverless", "UpdateWorkgroup", kSet, "redshift-serverless", "rq.workgroupName",
     "rq.securityGroupIds|rs.workgroup.securityGroupIds"},
    {"redshift-serverless", "DeleteWorkgroup", kDeleted, "redshift-serverless", "rq.workgroupName"},

    {"elasticfilesystem", "CreateMountTarget", kCreated, "efs", "rs.mountTargetId", "rq.securityGroups", "",
     "rs.networkInterfaceId"},
    {"elasticfilesystem", "ModifyMountTargetSecurityGroups", kSet, "efs", "rq.mountTargetId", "rq.securityGroups"},
    {"elasticfilesystem", "DeleteMountTarget", kDeleted, "efs", "rq.mountTargetId"},

    {"memorydb", "CreateCluster", kCreated, "memorydb", "rq.clusterName|rs.cluster.name",
     "rq.securityGroupIds|rs.cluster.securityGroups"},
    {"memorydb", "UpdateCluster", kSet, "memorydb", "rq.clusterName|rs.cluster.name",
     "rq.securityGroupIds|rs.cluster.securityGroups"},
    {"memorydb", "DeleteCluster", kDeleted, "memorydb", "rq.clusterName"},
    {"dax", "CreateCluster", kCreated, "dax", "rq.clusterName", "rq.securityGroupIds"},
    {"dax", "UpdateCluster", kSet, "dax", "rq.clusterName", "rq.securityGroupIds"},
    {"dax", "DeleteCluster", kDeleted, "dax", "rq.clusterName"},
    {"fsx", "CreateFileSystem", kCreated, "fsx", "rs.fileSystem.fileSystemId", "rq.securityGroupIds", "",
     "rs.fileSystem.networkInterfaceIds"},
    {"fsx", "CreateFileSystemFromBackup", kCreated, "fsx", "rs.fileSystem.fileSystemId", "rq.securityGroupIds", "",
     "rs.fileSystem.networkInterfaceIds"},
    {"fsx", "DeleteFileSystem", kDeleted, "fsx", "rq.fileSystemId"},
    {"amazonmq", "CreateBroker", kCreated, "mq", "rs.brokerId", "rq.securityGroups"},
    {"amazonmq", "UpdateBroker", kSet, "mq", "rq.broker-id|rq.brokerId|rs.brokerId", "rq.securityGroups"},
    {"amazonmq", "DeleteBroker", kDeleted, "mq", "rq.broker-id|rq.brokerId|rs.brokerId"},
    {"kafka", "CreateCluster", kCreated, "kafka", "rq.clusterName|rs.clusterName", kKafkaGroups},
    {"kafka", "CreateClusterV2", kCreated, "kafka", "rq.clusterName|rs.clusterName", kKafkaGroups},
    {"kafka", "DeleteCluster", kDeleted, "kafka", "rs.clusterName|rq.clusterArn|rs.clusterArn"},
    {"dms", "CreateReplicationInstance", kCreated, "dms",
     "rs.replicationInstance.replicationInstanceIdentifier|rq.replicationInstanceIdentifier",
     "rq.vpcSecurityGroupIds|rs.replicationInstance.vpcSecurityGroups"},
    {"dms", "ModifyReplicationInstance", kSet, "dms",
     "rs.replicationInstance.replicationInstanceIdentifier|rq.replicationInstanceArn",
     "rq.vpcSecurityGroupIds|rs.replicationInstance.vpcSecurityGroups"},
    {"dms", "DeleteReplicationInstance", kDeleted, "dms",
     "rs.replicationInstance.replicationInstanceIdentifier|rq.replicationInstanceArn"},
    {"es", "CreateElasticsearchDomain", kCreated, "es", "rq.domainName", kVpcOptions},
    {"es", "UpdateElasticsearchDomainConfig", kSet, "es", "rq.domainName", kVpcOptions},
    {"es", "DeleteElasticsearchDomain", kDeleted, "es", "rq.domainName"},
    {"es", "CreateDomain", kCreated, "es", "rq.domainName", kVpcOptions},
    {"es", "UpdateDomainConfig", kSet, "es", "rq.domainName", kVpcOptions},
    {"es", "DeleteDomain", kDeleted, "es", "rq.domainName"},

    {"batch", "CreateComputeEnvironment", kCreated, "batch", "rq.computeEnvironmentName",
     "rq.computeResources.securityGroupIds"},
    {"batch", "UpdateComputeEnvironment", kSet, "batch", "rq.computeEnvironment",
     "rq.computeResources.securityGroupIds"},
    {"batch", "DeleteComputeEnvironment", kDeleted, "batch", "rq.computeEnvironment"},
    {"glue", "CreateConnection", kCreated, "glue-connection", "rq.connectionInput.name", kConnectionGroups},
    {"glue", "UpdateConnection", kSet, "glue-connection", "rq.name|rq.connectionInput.name", kConnectionGroups},
    {"glue", "DeleteConnection", kDeleted, "glue-connection", "rq.connectionName"},
    {"glue", "CreateDevEndpoint", kCreated, "glue-dev-endpoint", "rq.endpointName", "rq.securityGroupIds"},
    {"glue", "DeleteDevEndpoint", kDeleted, "glue-dev-endpoint", "rq.endpointName"},
    {"sagemaker", "CreateNotebookInstance", kCreated, "sagemaker-notebook", "rq.notebookInstanceName",
     "rq.securityGroupIds"},
    {"sagemaker", "DeleteNotebookInstance", kDeleted, "sagemaker-notebook", "rq.notebookInstanceName"},
    {"sagemaker", "CreateModel", kCreated, "sagemaker-model", "rq.modelName", kVpcConfig},
    {"sagemaker", "DeleteModel", kDeleted, "sagemaker-model", "rq.modelName"},
    {"sagemaker", "CreateDomain", kCreated, "sagemaker-domain", "rs.domainId|rs.domainArn", "rq*"},
    {"sagemaker", "DeleteDomain", kDeleted, "sagemaker-domain", "rq.domainId"},
    {"sagemaker", "CreateTrainingJob", kMentioned, "sagemaker-training-job", "rq.trainingJobName", "rq.vpcConfig*"},
    {"sagemaker", "CreateProcessingJob", kMentioned, "sagemaker-processing-job", "rq.processingJobName",
     "rq.networkConfig*"},
    {"codebuild", "CreateProject", kCreated, "codebuild", "rq.name",
     "rq.vpcConfig.securityGroupIds|rs.project.vpcConfig.securityGroupIds"},
    {"codebuild", "UpdateProject", kSet, "codebuild", "rq.name",
     "rq.vpcConfig.securityGroupIds|rs.project.vpcConfig.securityGroupIds"},
    {"codebuild", "DeleteProject", kDeleted, "codebuild", "rq.name"},
    {"apprunner", "CreateVpcConnector", kCreated, "apprunner-vpc-connector",
     "rq.vpcConnectorName|rs.vpcConnector.vpcConnectorName", "rq.securityGroups|rs.vpcConnector.securityGroups"},
    {"apprunner", "DeleteVpcConnector", kDeleted, "apprunner-vpc-connector",
     "rs.vpcConnector.vpcConnectorName|rq.vpcConnectorArn"},
    {"elasticmapreduce", "RunJobFlow", kCreated, "emr", "rs.jobFlowId", kEmrGroups},
    {"elasticmapreduce", "TerminateJobFlows", kDeleted, "emr", "rq.jobFlowIds"},
    {"appstream", "CreateFleet", kCreated, "appstream-fleet", "rq.name", kVpcConfig},
    {"appstream", "UpdateFleet", kSet, "appstream-fleet", "rq.name", "rq.vpcConfig.securityGroupIds"},
    {"appstream", "DeleteFleet", kDeleted, "appstream-fleet", "rq.name"},
    {"appstream", "CreateImageBuilder", kCreated, "appstream-image-builder", "rq.name", kVpcConfig},
    {"appstream", "DeleteImageBuilder", kDeleted, "appstream-image-builder", "rq.name"},
    {"workspaces", "ModifyWorkspaceCreationProperties", kSet, "workspaces", "rq.resourceId",
     "rq.workspaceCreationProperties.customSecurityGroupId"},
    {"workspaces", "DeregisterWorkspaceDirectory", kDeleted, "workspaces", "rq.directoryId"},
    {"airflow", "CreateEnvironment", kCreated, "mwaa", "rq.name", "rq.networkConfiguration.securityGroupIds"},
    {"airflow", "UpdateEnvironment", kSet, "mwaa", "rq.name", "rq.networkConfiguration.securityGroupIds"},
    {"airflow", "DeleteEnvironment", kDeleted, "mwaa", "rq.name"},
    {"transfer", "CreateServer", kCreated, "transfer", "rs.serverId", "rq.endpointDetails.securityGroupIds"},
    {"transfer", "UpdateServer", kSet, "transfer", "rq.serverId", "rq.endpointDetails.securityGroupIds"},
    {"transfer", "DeleteServer", kDeleted, "transfer", "rq.serverId"},
    {"route53resolver", "CreateResolverEndpoint", kCreated, "route53resolver", "rs.resolverEndpoint.id",
     "rq.securityGroupIds|rs.resolverEndpoint.securityGroupIds"},
    {"route53resolver", "DeleteResolverEndpoint", kDeleted, "route53resolver", "rq.resolverEndpointId"},
    {"vpc-lattice", "CreateServiceNetworkVpcAssociation", kCreated, "vpc-lattice", "rs.id",
     "rq.securityGroupIds|rs.securityGroupIds"},
    {"vpc-lattice", "UpdateServiceNetworkVpcAssociation", kSet, "vpc-lattice",
     "rs.id|rq.serviceNetworkVpcAssociationIdentifier", "rq.securityGroupIds|rs.securityGroupIds"},
    {"vpc-lattice", "DeleteServiceNetworkVpcAssociation", kDeleted, "vpc-lattice",
     "rs.id|rq.serviceNetworkVpcAssociationIdentifier"},
    {"synthetics", "CreateCanary", kCreated, "synthetics", "rq.name", kVpcConfig},
    {"synthetics", "UpdateCanary", kSet, "synthetics", "rq.name", "rq.vpcConfig.securityGroupIds"},
    {"synthetics", "DeleteCanary", kDeleted, "synthetics", "rq.name"},
};

}  // namespace

std::span<const ServiceEvent> service_events() {
  return kEvents;
}

}  // namespace flowtrail::cloudtrail
