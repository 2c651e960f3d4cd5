using ActorLlm.Gateway;
using ActorLlm.Hosting;
using ActorLlm.Node;

if (args is ["--health", var address]) return await HealthProbe.RunAsync(address);

return await Startup.RunAsync(() =>
{
    var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.WebHost.UseUrls(builder.Configuration.Urls());
    builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(3));
    builder.AddActorLlm();
    builder.Services.AddActorLlmGateway();
    var app = builder.Build();
    app.MapHealth();
    app.MapActorLlm();
    app.AnnounceAtStart();
    return app;
});
