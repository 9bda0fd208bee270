namespace RoomWs.Bench.Servers;

/// <summary>Starts servers of RoomWs.</summary>
internal static class RoomWsServers
{
    /// <summary>
    /// Switches off the limits that would refuse the load. Also switches off presence events in all rooms but those of one member, because
    /// only the setup causes them.
    /// </summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["ROOMWS_Dev"] = "true",
        ["ROOMWS_Port"] = "0",
        ["ROOMWS_Limits__RequestsPerSecond"] = "0",
        ["ROOMWS_Limits__ConnectionsPerUser"] = "0",
        ["ROOMWS_Limits__MembershipActionsPerMinute"] = "0",
        ["ROOMWS_Limits__CreatesPerMinute"] = "0",
        ["ROOMWS_Limits__AddsPerMinute"] = "0",
        ["ROOMWS_Limits__PresenceMembers"] = "1",
    };

    private static readonly string Server = Path.Combine(AppContext.BaseDirectory, "RoomWs.Server.dll");

    public static ServerUnderTest StartOnSqlite(string logLevel = "Warning")
    {
        var folder = new DatabaseFolder();
        var settings = new Dictionary<string, string>(Settings, StringComparer.Ordinal) { ["ROOMWS_Database"] = folder.Database, ["ROOMWS_LogLevel"] = logLevel };
        return ServerUnderTest.Start(Peers.RoomWs, Dialect.RoomWs, "dotnet", [Server, "serve", "--until-stdin-closes"], settings, folder);
    }

    public static ServerUnderTest StartOnPostgres(PostgresDatabase database) =>
        ServerUnderTest.Start(Peers.RoomWsOnPostgres, Dialect.RoomWs, "dotnet", [Server, "serve", "--until-stdin-closes"], On(database), database, database.Server.Meter);

    /// <summary>Starts one of several nodes. Whoever has made the database drops it.</summary>
    public static ServerUnderTest StartNode(PostgresDatabase database) =>
        ServerUnderTest.Start(Peers.RoomWsOnPostgres, Dialect.RoomWs, "dotnet", [Server, "serve", "--until-stdin-closes"], On(database), scratch: null, database.Server.Meter);

    /// <summary>Starts a node that commits each change by itself.</summary>
    public static ServerUnderTest StartNodeWithoutBatches(PostgresDatabase database)
    {
        var settings = On(database);
        // As the server's own program has it: this one is another, and has the runtime's default.
        settings["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        return ServerUnderTest.Start(Peers.RoomWsOnPostgres, Dialect.RoomWs, "dotnet", [Path.Combine(AppContext.BaseDirectory, "RoomWs.Bench.dll"), "peer", "without-batches"], settings, scratch: null, database.Server.Meter);
    }

    private static Dictionary<string, string> On(PostgresDatabase database) =>
        new(Settings, StringComparer.Ordinal) { ["ROOMWS_Postgres"] = database.Connection, ["ROOMWS_LogLevel"] = "Warning" };
}
