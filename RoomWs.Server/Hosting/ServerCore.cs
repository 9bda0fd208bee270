using Microsoft.Extensions.Logging;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Features.Connection;
using RoomWs.Server.Features.Members;
using RoomWs.Server.Hosting.Health;
using RoomWs.Server.Identity;
using RoomWs.Server.Metrics;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Hosting;

/// <summary>The server without its sockets: creates all parts and connects them, each after the parts that it uses.</summary>
internal sealed class ServerCore : IDisposable
{
    private readonly RoomWsOptions _options;
    private readonly TimeProvider _time;
    private readonly IDatabase _database;
    private readonly ReadConnections _reads;
    private readonly WriteQueue _writes;
    private readonly ConnectionRegistry _connections = new();
    private readonly CursorTicker _ticker;
    private readonly Presence _presence;
    private readonly Housekeeping _housekeeping;
    private readonly FeedWatch? _watch;

    private ServerCore(RoomWsOptions options, TimeProvider time, ILoggerFactory loggers, IDatabase database)
    {
        (_options, _time, _database) = (options, time, database);
        var (writeLog, patience) = (loggers.CreateLogger<WriteQueue>(), TimeSpan.FromSeconds(options.StorageRetrySeconds));
        var outage = new StorageOutage(database.Faults, writeLog);
        _reads = new ReadConnections(database, outage, patience, time);
        var told = new ToldPosition();
        Rooms = new RoomDirectory(_reads, told, time);
        var alarms = new Alarms(time, loggers.CreateLogger<Alarms>());
        _ticker = new CursorTicker(alarms);
        var members = new LocalMembers();
        var broadcaster = new Broadcaster(Rooms, members, _connections, _ticker, new SendBatch());
        var shown = Shown = new ShownUsers();
        var inbox = new PresenceInbox(skipsPairs: database.Presence is not null);
        if (database.Presence is not null) inbox.BeginAnew();
        Metrics = new ServerMetrics(new(() => _connections.Count, () => _connections.WaitingBytes, () => Rooms.Count, () => Rooms.MemberCount, () => shown.Count), time, loggers.CreateLogger<ServerMetrics>());
        _watch = database.Feed is null ? null : new FeedWatch(_connections, options.FeedStaleSeconds, alarms, loggers.CreateLogger<FeedWatch>());
        var foreign = database.Feed is { } batches ? new ForeignChanges(batches, _reads, Rooms, members, _connections, broadcaster, inbox) : null;
        var follower = database.Feed is { } feed && foreign is not null
            ? new FeedFollower(feed, foreign, broadcaster, _connections, told, _watch!, database.Faults, patience, time, loggers.CreateLogger<FeedFollower>())
            : null;
        if (follower is not null) Metrics.WatchFeed(() => told.Value, () => follower.Lag, () => database.Feed!.QueueUsage);
        follower?.Begin();
        _writes = new WriteQueue(database, new WriteScope(database.Store, new Repositories(database.Writer, database.Dialect), Rooms, Metrics.PrefetchMissed, time), outage, new BatchRetry(database.Faults, outage, patience, time), (IOtherNodes?)follower ?? new NoOtherNodes(), new BatchWindow(broadcaster.EndBatch), Metrics, writeLog) { LargestBatch = options.LargestBatch ?? WriteQueue.UsualBatch };

        follower?.Follow(_writes);
        var places = new CommitPlaces(_reads, _writes);
        var users = new LocalUsers(members, _reads, places);
        var teller = new PresenceTeller(inbox, shown, Rooms, members, _connections, _reads, _writes, options.Limits, time, loggers.CreateLogger<PresenceTeller>());
        var shared = database.Presence is { } store ? new SharedPresence(store, shown, database.Faults, loggers.CreateLogger<SharedPresence>()) : null;
        if (foreign is not null && shared is not null) foreign.NodeGone += shared.NodeGone;
        Coming = new ComingClients(() => Queue.Count, time);
        _presence = new Presence(teller, (IPresenceSink?)shared ?? new LonePresence(inbox, _writes), Coming, alarms, time);
        var (clock, entries) = (new NodeClock(time), new RoomEntries());
        var news = new LiveNews(clock, told, database.LiveBus);
        Entered = new EnteredRooms(Rooms, _ticker, entries, news, clock, alarms, time);
        Peers = new LivePeers(news, clock, Rooms, entries, _ticker, told, time, loggers.CreateLogger<LivePeers>());
        database.LiveBus?.Join(Peers);

        var refusals = new RefusalLog(time, loggers.CreateLogger<RefusalLog>());
        var replies = new Replies(broadcaster, Metrics, refusals, loggers.CreateLogger<Replies>());
        IAllowances allowances = database.Feed is null ? new LocalAllowances(time) : new SharedAllowances();
        var membershipRate = new MembershipRate(options.Limits, allowances, Metrics, time);
        var strangers = new Strangers(membershipRate, members, _writes);
        var answers = new RoomAnswers(new RoomFinder(Rooms, _reads), _reads, _writes, broadcaster, replies, strangers);
        var tokens = new TokenReader(options, time);
        var pendingRequests = new PendingRequestNotice(_reads, _writes, broadcaster);
        var names = new UserNames();
        var memberLists = new MemberLists(names, _presence, time);
        var signIn = new SignIn(options.Limits, new UserPlaces(_connections, options.Limits, time), new UserRates(options.Limits, _connections, time), users, _presence, _reads, _writes, names, pendingRequests, time);
        Commands = new CommandTable(new(options, time, _reads, _writes, places, Rooms, answers, membershipRate, strangers, Entered, _presence, memberLists, tokens, signIn, new CapabilityChoice(_writes, broadcaster), new GrowthRate(options.Limits, allowances, Metrics), pendingRequests));
        var connectionLog = new ConnectionLog(Metrics, time, loggers.CreateLogger<ConnectionLog>());
        Listener = new Listener(
            options,
            new Handshake(options, time),
            new UpgradeIdentity(options, tokens),
            signIn,
            new Conversation(options.Limits, new Dispatcher(Commands.Find, replies, membershipRate, Metrics), _connections, Entered, users, _presence, refusals, connectionLog),
            _connections,
            connectionLog,
            _watch,
            time);
        Health = new HealthCheck(_writes, _reads, outage, _connections, Rooms, () => Listener.IsDraining, _watch, time, loggers.CreateLogger<HealthCheck>());
        _housekeeping = new Housekeeping(new ConnectionWatch(options, _connections, time), connectionLog, Rooms, memberLists, database, _writes, new OldRecords(_writes, options.Limits, () => follower is null ? long.MaxValue : told.Value), new Remains(_reads, _writes, time, loggers.CreateLogger<Remains>()), options.AuditDays, time, loggers.CreateLogger<Housekeeping>());
    }

    public Listener Listener { get; }

    /// <summary>Where clients wait until they are accepted.</summary>
    public AcceptQueue Queue { get; } = new();

    public ComingClients Coming { get; }

    public HealthCheck Health { get; }

    public CommandTable Commands { get; }

    public ServerMetrics Metrics { get; }

    public RoomDirectory Rooms { get; }

    public EnteredRooms Entered { get; }

    /// <summary>Who is shown as online.</summary>
    public ShownUsers Shown { get; }

    /// <summary>What other nodes say of who is in rooms.</summary>
    public LivePeers Peers { get; }

    public ConnectionRegistry Connections => _connections;

    /// <summary>Ends when this node may not go on, because another runs under its name.</summary>
    public Task NameLost => _database.NameLost;

    /// <summary>Opens the database, and begins to work.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="time">This node's clock.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="databaseTime">Stands for the clock of a database that several nodes share. Null for its own.</param>
    public static ServerCore Open(RoomWsOptions options, TimeProvider time, ILoggerFactory loggers, TimeProvider? databaseTime = null)
    {
        IDatabase database = options.Postgres is null ? SqliteDatabase.Open(options.Database, time, loggers) : PostgresDatabase.Open(options, time, databaseTime, loggers, CancellationToken.None);
        try
        {
            return new ServerCore(options, time, loggers, database);
        }
        catch
        {
            database.Store.Dispose();
            database.Dispose();
            throw;
        }
    }

    /// <summary>Ends when all that is committed by now, on whatever node, is told here.</summary>
    public Task CatchUpAsync() => _writes.CatchUpAsync();

    /// <summary>Is cancelled when DrainSeconds have passed from now.</summary>
    public CancellationTokenSource DrainTime() => new(TimeSpan.FromSeconds(_options.DrainSeconds), _time);

    /// <summary>Tells every client to come back later, answers the requests that were begun, and closes. Aborts what is still open at the deadline.</summary>
    public async Task DrainAsync(CancellationToken timeIsUp)
    {
        Listener.Drain();
        using var gone = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (_connections.Count > 0) await gone.WaitForNextTickAsync(timeIsUp);
        }
        catch (OperationCanceledException)
        {
            foreach (var connection in _connections.All) connection.Abort("The server is shutting down.");
        }
    }

    public void Dispose()
    {
        _housekeeping.Dispose();
        _watch?.Dispose();
        _database.LiveBus?.Dispose();
        _ticker.Dispose();
        _presence.Dispose();
        _reads.Dispose();
        // After the readers: the last connection to close moves the write-ahead log into the file, and a read-only connection cannot do that.
        _writes.Dispose();
        Metrics.Dispose();
        _database.Dispose();
    }
}
