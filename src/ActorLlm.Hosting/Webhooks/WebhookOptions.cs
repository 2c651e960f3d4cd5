namespace ActorLlm.Hosting;

/// <summary>Delivery of replies by HTTP: <c>ActorLlm:Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>
    /// Hosts that replies may be sent to; empty, the default, for none. <c>hooks.example.com</c> is that host, <c>*.example.com</c> those below it, <c>*</c> any. A host that is
    /// named itself may have a private address and be spoken to over plain HTTP; the others need https and a public address.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Signs each delivery: <c>whsec_</c> and 24 to 64 bytes in base64, as Standard Webhooks has it. Needed where there are hosts.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Attempts before a reply is parked: 1 to 1000, default 50, which take almost three hours.</summary>
    public int MaxAttempts { get; set; } = 50;

    /// <summary>Longest wait for a receiver's answer: 1 s to 1 min, default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    internal IEnumerable<string> Errors()
    {
        foreach (var host in AllowedHosts.Where(host => !WebhookAddress.IsPattern(host)))
            yield return $"ActorLlm:Webhooks:AllowedHosts has '{host}'; expected are host names such as hooks.example.com, *.example.com for those below one, or * for any.";
        if (AllowedHosts.Count > 0 && WebhookSignature.KeyOf(Secret) is null)
            yield return $"ActorLlm:Webhooks:Secret is {(Secret.Length == 0 ? "empty" : "no secret")}; expected is {WebhookSignature.SecretPrefix} and {WebhookSignature.MinKeyBytes} to {WebhookSignature.MaxKeyBytes} bytes in base64.";
        if (MaxAttempts is < 1 or > 1000) yield return $"ActorLlm:Webhooks:MaxAttempts is {MaxAttempts}; allowed is 1 to 1000.";
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(1))
            yield return $"ActorLlm:Webhooks:Timeout is {Timeout}; allowed is 00:00:01 to 00:01:00.";
    }
}

/// <summary>Where replies may be sent by HTTP.</summary>
public interface IWebhooks
{
    /// <summary>Why replies are not sent to this URL; null where they are.</summary>
    string? Refuse(string url);

    /// <summary>The target of a reply that is sent to this URL.</summary>
    ReplyTarget To(string url);
}
