using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorLlm.RabbitMq.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void The_section_is_read()
    {
        var options = Read(
            ("Url", "amqps://u:p@broker/prod"), ("Queue", "in"), ("ReplyQueue", "out"), ("Durable", "false"), ("MaxPending", "7"), ("ReplyAttempts", "3"),
            ("Tenant", "acme"), ("Tenants", "a, b"), ("Types:text", ""), ("Types:image", "painter"));

        Assert.Equal(("in", "out", "in.dead", false, 7, 3, "acme"), (
            options.Queue, options.ReplyQueue, options.DeadLetters, options.Durable, options.MaxPending, options.ReplyAttempts, options.Tenant));
        Assert.Equal(["a", "b"], options.Tenants);
        Assert.Equal([("chat", ""), ("image", "painter"), ("text", "")], options.Types.Select(type => (type.Key, type.Value)).Order());
        Assert.True(options.On);
        Assert.False(Read().On);
    }

    [Theory]
    [InlineData("Url", "http://u:secret@broker", "ActorLlm:RabbitMq:Url is no broker's address")]
    [InlineData("Queue", "amq.mine", "ActorLlm:RabbitMq:Queue is 'amq.mine'")]
    [InlineData("ReplyQueue", "llm_queue", "must not be what it reads")]
    [InlineData("DeadLetterQueue", "llm_queue", "must not be what it reads")]
    [InlineData("MaxPending", "0", "MaxPending is 0; allowed is 1 to 10000")]
    [InlineData("MaxPending", "many", "MaxPending is 'many'; allowed is 1 to 10000")]
    [InlineData("ReplyAttempts", "1001", "ReplyAttempts is 1001; allowed is 1 to 1000")]
    [InlineData("Tenant", "a/b", "names the tenant 'a/b'")]
    [InlineData("Durable", "maybe", "Durable is 'maybe'; allowed is true and false")]
    [InlineData("Prefetch", "1", "Prefetch is not a setting; known are Url")]
    public void What_is_not_valid_is_refused_by_its_key(string key, string value, string message)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read((key, value)));

        Assert.Contains(message, string.Join(' ', error.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", string.Join(' ', error.Failures), StringComparison.Ordinal);
    }

    private static RabbitMqOptions Read(params (string Key, string Value)[] settings)
    {
        var setup = new RabbitMqOptionsSetup(new ConfigurationBuilder().AddInMemoryCollection(
            settings.ToDictionary(setting => $"{RabbitMqOptions.Section}:{setting.Key}", setting => (string?)setting.Value)).Build());
        var options = new RabbitMqOptions();
        setup.Configure(options);
        var result = setup.Validate(null, options);
        return result.Failed ? throw new OptionsValidationException("", typeof(RabbitMqOptions), result.Failures) : options;
    }
}
