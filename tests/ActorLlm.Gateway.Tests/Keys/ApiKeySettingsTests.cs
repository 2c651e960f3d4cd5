using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Tests.Keys;

public sealed class ApiKeySettingsTests
{
    private const string Key = "sk-al-3Xm2Jc0FhV8sQ4wYb7Ld9Tn1Rk5Pz6Ag-Ue_HoIvKqW";

    private static readonly string Hash = HashOf(Key);
    private static readonly string Other = HashOf("another");

    [Fact]
    public void Keys_have_a_tenant_and_a_tenant_may_have_several()
    {
        var options = Read(("0:Tenant", "acme"), ("0:Hash", Hash), ("1:tenant", "acme"), ("1:hash", Other.ToUpperInvariant().Replace("SHA256", "sha256", StringComparison.Ordinal)));
        Assert.Equal([("acme", Hash), ("acme", Other)], options.ApiKeys.Select(key => (key.Tenant, "sha256:" + key.Hash[7..].ToLowerInvariant())));
    }

    [Fact]
    public void A_key_without_a_tenant_is_of_the_default_one() =>
        Assert.Equal("default", Assert.Single(Read(("0:Hash", Hash)).ApiKeys).Tenant);

    [Fact]
    public void An_empty_array_is_no_key() => Assert.Empty(Read(("", "")).ApiKeys);

    [Theory]
    [InlineData("0:Hash", "", "ActorLlm:Gateway:ApiKeys:0:Hash is missing; expected is sha256: and 64 hexadecimal digits, as 'actorllm key new' prints them.")]
    [InlineData("0:Tenant", "acme", "ActorLlm:Gateway:ApiKeys:0:Hash is missing")]
    [InlineData("0:Hash", Key, "ActorLlm:Gateway:ApiKeys:0:Hash is a key ('sk-al-...', 49 characters), which must not stand in a configuration; replace the key")]
    [InlineData("0:Hash", "sha256:12ab", "ActorLlm:Gateway:ApiKeys:0:Hash is 'sh...', 11 characters, which is no hash; expected is sha256:")]
    [InlineData("0:Hash", "my-password", "ActorLlm:Gateway:ApiKeys:0:Hash is 'my...', 11 characters")]
    [InlineData("7:Hsh", "x", "ActorLlm:Gateway:ApiKeys:7:Hsh is not a setting; known are Tenant and Hash.")]
    [InlineData("Hash", Key, "ActorLlm:Gateway:ApiKeys:Hash has a value of its own; expected are ActorLlm:Gateway:ApiKeys:0:Tenant and ActorLlm:Gateway:ApiKeys:0:Hash")]
    [InlineData("", Key, "ActorLlm:Gateway:ApiKeys has a value of its own; expected are ActorLlm:Gateway:ApiKeys:0:Tenant")]
    public void A_wrong_key_stops_the_start_and_is_not_shown(string setting, string value, string message)
    {
        var error = Failure((setting, value));
        Assert.StartsWith(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain(Key[6..12], error, StringComparison.Ordinal);
        Assert.DoesNotContain("my-p", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The tenant is empty")]
    [InlineData("a/b", "The tenant has a slash")]
    [InlineData("a b", "The tenant has the character U+0020 at position 1")]
    public void A_tenant_that_is_not_valid_is_named_with_the_rule(string tenant, string rule) =>
        Assert.StartsWith($"ActorLlm:Gateway:ApiKeys:0:Tenant is not valid. {rule}", Failure(("0:Tenant", tenant), ("0:Hash", Hash)), StringComparison.Ordinal);

    [Fact]
    public void The_same_hash_twice_is_refused_whatever_the_case_of_its_digits() =>
        Assert.Equal(
            "ActorLlm:Gateway:ApiKeys:1:Hash is the same as ActorLlm:Gateway:ApiKeys:0:Hash; a key has one tenant and stands once.",
            Failure(("0:Hash", Hash), ("1:Hash", $"sha256:{Hash[7..].ToUpperInvariant()}")));

    [Fact]
    public void A_hash_of_other_digits_is_not_shown()
    {
        var error = Failure(("0:Hash", "sha256:" + new string('x', 64)));
        Assert.Contains("'sha256...', 71 characters, which is no hash", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_and_anonymous_callers_exclude_each_other()
    {
        using var services = Services([("0:Hash", Hash)], options => options.AllowAnonymous = true);
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<GatewayOptions>>().Value);
        Assert.StartsWith("ActorLlm:Gateway:AllowAnonymous is true, and ActorLlm:Gateway:ApiKeys has keys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_made_in_code_are_checked_as_well()
    {
        using var services = Services([], options => options.ApiKeys = [new ApiKeyOptions { Hash = Key }]);
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<GatewayOptions>>().Value);
        Assert.StartsWith("ActorLlm:Gateway:ApiKeys:0:Hash is a key", error.Message, StringComparison.Ordinal);
    }

    private static string HashOf(string key) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static GatewayOptions Read(params (string, string)[] settings)
    {
        using var services = Services(settings);
        return services.GetRequiredService<IOptions<GatewayOptions>>().Value;
    }

    private static string Failure(params (string, string)[] settings)
    {
        using var services = Services(settings);
        return Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate()).Message;
    }

    private static ServiceProvider Services((string Key, string Value)[] settings, Action<GatewayOptions>? configure = null) =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(one => KeyValuePair.Create($"ActorLlm:Gateway:ApiKeys:{one.Key}".TrimEnd(':'), (string?)one.Value)))
                .Build())
            .AddActorLlmGateway(configure)
            .BuildServiceProvider();
}
