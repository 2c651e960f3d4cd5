using System.Globalization;
using k8s;
using k8s.Models;
using YamlDotNet.Core;

namespace ActorLlm.Deploy.Tests;

/// <summary>What must be in the manifests, and that they fit each other.</summary>
public sealed class KubernetesTests
{
    private static readonly V1StatefulSet Nodes = Manifests.The<V1StatefulSet>("statefulset.yaml");

    private static readonly V1Container Node = Assert.Single(Nodes.Spec.Template.Spec.Containers);

    private static readonly IDictionary<string, string> Settings = Manifests.The<V1ConfigMap>("configmap.yaml").Data;

    public static TheoryData<string> Files => [.. Manifests.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_manifest_has_no_field_that_kubernetes_does_not_have(string file)
    {
        var objects = Manifests.Parse(Manifests.Read(file)).Cast<IKubernetesObject<V1ObjectMeta>>().ToArray();

        Assert.NotEmpty(objects);
        Assert.All(objects, one => Assert.StartsWith("actorllm", one.Metadata.Name, StringComparison.Ordinal));
        Assert.All(objects, one => Assert.Equal("actorllm", one.Metadata.Labels["app.kubernetes.io/name"]));
    }

    [Fact]
    public void The_check_refuses_a_misspelt_field() =>
        Assert.ThrowsAny<YamlException>(() => Manifests.Parse(
            Manifests.Read($"{Manifests.Folder}/statefulset.yaml").Replace("minReadySeconds", "minReadySecond", StringComparison.Ordinal)));

    [Fact]
    public void The_kustomizations_name_every_manifest_but_the_example()
    {
        var named = Manifests.Kustomizations.SelectMany(file => Resources(file)).Order(StringComparer.Ordinal);

        Assert.Equal(Manifests.Files.Where(file => !file.EndsWith(".example.yaml", StringComparison.Ordinal)), named);
    }

    [Fact]
    public void The_services_reach_the_pods_and_the_nodes_find_each_other_by_the_headless_one()
    {
        var clients = Manifests.The<V1Service>("service.yaml").Spec;
        var nodes = Manifests.The<V1Service>("service-nodes.yaml");

        Assert.All([clients.Selector, nodes.Spec.Selector, Nodes.Spec.Selector.MatchLabels], labels => Assert.Equal(Nodes.Spec.Template.Metadata.Labels, labels));
        Assert.Equal("None", nodes.Spec.ClusterIP);
        Assert.True(nodes.Spec.PublishNotReadyAddresses);
        Assert.Equal(nodes.Metadata.Name, Nodes.Spec.ServiceName);
        Assert.Equal(8080, PortOf("http"));
        Assert.Equal("http", Assert.Single(clients.Ports).TargetPort.Value);
        Assert.Equal("cluster", Assert.Single(nodes.Spec.Ports).TargetPort.Value);

        var port = PortOf("cluster").ToString(CultureInfo.InvariantCulture);
        Assert.Equal("Dns", Settings["ActorLlm__Cluster__Discovery"]);
        Assert.Equal($"{nodes.Metadata.Name}:{port}", Settings["ActorLlm__Cluster__DnsNames"]);
        Assert.Equal(port, Settings["ActorLlm__Cluster__Port"]);
        // The name resolves to addresses, and a node must call itself as it is named there.
        Assert.Equal("status.podIP", Assert.Single(Node.Env, env => env.Name == "ActorLlm__Cluster__Hostname").ValueFrom.FieldRef.FieldPath);
    }

    [Fact]
    public void A_pod_has_the_time_to_drain_before_it_is_killed()
    {
        var beforeTheSignal = TimeSpan.FromSeconds(Node.Lifecycle.PreStop.Sleep.Seconds);
        var drain = TimeSpan.Parse(Settings["ActorLlm__Worker__DrainTimeout"], CultureInfo.InvariantCulture);

        // docs/operations.md, "Stopping": DrainTimeout plus a minute.
        Assert.True(TimeSpan.FromSeconds(Nodes.Spec.Template.Spec.TerminationGracePeriodSeconds!.Value) >= beforeTheSignal + drain + TimeSpan.FromMinutes(1));
        Assert.True(beforeTheSignal > TimeSpan.FromSeconds(Node.ReadinessProbe.PeriodSeconds!.Value));
    }

    [Fact]
    public void A_pod_may_do_nothing_that_a_node_does_not_need()
    {
        var pod = Nodes.Spec.Template.Spec;

        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.False(Manifests.The<V1ServiceAccount>("serviceaccount.yaml").AutomountServiceAccountToken);
        Assert.True(Node.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(Node.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], Node.SecurityContext.Capabilities.Drop);
        Assert.Contains("memory", Node.Resources.Limits.Keys);
        Assert.Contains("cpu", Node.Resources.Requests.Keys);
    }

    [Fact]
    public void Nodes_are_spread_are_taken_one_at_a_time_and_are_alone_at_their_port()
    {
        var labels = Nodes.Spec.Template.Metadata.Labels;
        var apart = Assert.Single(Nodes.Spec.Template.Spec.Affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution).PodAffinityTerm;
        var budget = Manifests.The<V1PodDisruptionBudget>("poddisruptionbudget.yaml").Spec;
        var network = Manifests.The<V1NetworkPolicy>("networkpolicy.yaml").Spec;

        Assert.Equal(labels, apart.LabelSelector.MatchLabels);
        Assert.Equal("kubernetes.io/hostname", apart.TopologyKey);
        Assert.Equal(labels, budget.Selector.MatchLabels);
        Assert.Equal("1", budget.MaxUnavailable.Value);
        Assert.Equal(labels, network.PodSelector.MatchLabels);
        var cluster = Assert.Single(network.Ingress, rule => rule.Ports.Any(port => port.Port.Value == "cluster"));
        Assert.Equal(labels, Assert.Single(cluster.FromProperty).PodSelector.MatchLabels);
        Assert.True(Nodes.Spec.Replicas >= 3);
    }

    [Fact]
    public void The_autoscaler_scales_the_nodes_and_leaves_them_a_majority()
    {
        var scaler = Manifests.The<V2HorizontalPodAutoscaler>("autoscaling/horizontalpodautoscaler.yaml").Spec;

        Assert.Equal((Nodes.Kind, Nodes.Metadata.Name), (scaler.ScaleTargetRef.Kind, scaler.ScaleTargetRef.Name));
        Assert.True(scaler.MinReplicas >= 3);
        // A node that goes is given the time to be gone before the next one goes.
        var slowly = Assert.Single(scaler.Behavior.ScaleDown.Policies);
        Assert.Equal(("Pods", 1), (slowly.Type, slowly.Value));
        Assert.True(slowly.PeriodSeconds >= Nodes.Spec.Template.Spec.TerminationGracePeriodSeconds);
    }

    private static int PortOf(string name) => Assert.Single(Node.Ports, port => port.Name == name).ContainerPort;

    private static IEnumerable<string> Resources(string kustomization)
    {
        var folder = Path.GetDirectoryName(kustomization)!;
        var page = KubernetesYaml.Deserialize<Dictionary<string, object>>(Manifests.Read(kustomization));
        return ((IEnumerable<object>)page["resources"]).Cast<string>().Where(resource => resource != "..").Select(resource => $"{folder}/{resource}");
    }
}
