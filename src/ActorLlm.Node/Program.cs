using ActorLlm.Admin;
using ActorLlm.Gateway;
using ActorLlm.Hosting;
using ActorLlm.Node;
using ActorLlm.RabbitMq;

if (args is ["--health", var address]) return await HealthProbe.RunAsync(address);
if (args is ["--help"] or ["-h"])
{
    Console.WriteLine(Arguments.Usage);
    return 0;
}

if (Arguments.Problem(args) is { } problem)
{
    await Startup.TellAsync(problem);
    return Startup.StartFailed;
}

return await Startup.RunAsync(() =>
{
    var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.WebHost.UseUrls(builder.Configuration.Urls());
    builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(3));
    builder.AddActorLlm();
    builder.Services.AddActorLlmGateway();
    builder.Services.AddActorLlmAdmin();
    builder.AddRabbitMqBridge();
    builder.AddTelemetry();
    builder.UsePbm();
    var app = builder.Build();
    app.UseActorLlmErrors();
    app.MapHealth();
    app.MapActorLlm();
    app.AnnounceAtStart();
    return app;
});
