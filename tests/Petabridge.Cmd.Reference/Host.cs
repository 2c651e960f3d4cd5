using Akka.Actor;
using Akka.Hosting;

namespace Petabridge.Cmd.Host
{
    public abstract class CommandPaletteHandler(CommandPalette palette)
    {
        public CommandPalette Palette { get; } = palette;

        public abstract Props HandlerProps { get; }
    }

    public abstract class CommandHandlerActor : ReceiveActor
    {
        private readonly Dictionary<string, Action<Command>> _handlers = [];
        private readonly CommandPalette _palette;

        protected CommandHandlerActor(CommandPalette palette)
        {
            _palette = palette;
            Receive<Command>(command => _handlers[command.Name](command));
        }

        protected void Process(string name, Action<Command, ParsedArguments> handler)
        {
            var definition = _palette.Commands.Single(known => known.Name == name);
            _handlers[name] = command => handler(command, new ParsedArguments(definition, command));
        }
    }

    public sealed class PetabridgeCmdOptions
    {
        public string? Host { get; set; }

        public int? Port { get; set; }
    }

    public sealed class PetabridgeCmd
    {
        private readonly List<CommandPaletteHandler> _palettes = [];

        public IReadOnlyList<CommandPaletteHandler> Palettes => _palettes;

        public PetabridgeCmd RegisterCommandPalette(CommandPaletteHandler palette)
        {
            _palettes.Add(palette);
            return this;
        }
    }

    public static class PetabridgeCmdHostingExtensions
    {
        public static AkkaConfigurationBuilder AddPetabridgeCmd(
            this AkkaConfigurationBuilder builder, PetabridgeCmdOptions options, Action<PetabridgeCmd> hostConfiguration) =>
            builder.AddStartup((_, _) => hostConfiguration(new PetabridgeCmd()));
    }
}

namespace Petabridge.Cmd.Cluster
{
    public sealed class ClusterCommands : Host.CommandPaletteHandler
    {
        private ClusterCommands()
            : base(new CommandPalette("cluster", []))
        {
        }

        public static ClusterCommands Instance { get; } = new();

        public override Props HandlerProps => Props.Empty;
    }
}

namespace Petabridge.Cmd.Cluster.Sharding
{
    public sealed class ClusterShardingCommands : Host.CommandPaletteHandler
    {
        private ClusterShardingCommands()
            : base(new CommandPalette("cluster-sharding", []))
        {
        }

        public static ClusterShardingCommands Instance { get; } = new();

        public override Props HandlerProps => Props.Empty;
    }
}
