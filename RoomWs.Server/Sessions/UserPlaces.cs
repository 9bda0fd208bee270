using System.Collections.Concurrent;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>
/// Gives a connection its place among its user's, of which there are ConnectionsPerUser. A network that breaks leaves dead sockets behind, and
/// they must not keep the user out until they are noticed: where all places are taken, each connection of the user has to answer a ping, and of
/// those that do not the one that has been silent longest makes way. May be used from any thread.
/// </summary>
internal sealed class UserPlaces(ConnectionRegistry registry, LimitOptions limits, TimeProvider time)
{
    /// <summary>The time that a connection has to answer, before a newcomer takes its place.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);

    /// <summary>Those that are being asked, each once for all newcomers that wait. Lazy, because a connection can be asked by one at a time.</summary>
    private readonly ConcurrentDictionary<ClientConnection, Lazy<Task<bool>>> _asked = new();

    /// <summary>
    /// Takes a place, and returns false if there is none for this connection, which is when all that have one live. Takes up to
    /// <see cref="AnswerTime"/>, on no thread. Not more connections than the limit have a place at any moment.
    /// </summary>
    /// <param name="newcomer">The connection.</param>
    /// <param name="userId">Its user.</param>
    /// <param name="elsewhere">How many places the user has taken on other nodes, as far as is known here. Those cannot be asked.</param>
    public async ValueTask<bool> TryTakeAsync(ClientConnection newcomer, string userId, int elsewhere)
    {
        var limit = limits.ConnectionsPerUser;
        if (limit > 0 && (limit -= elsewhere) <= 0) return false;
        if (registry.TryIdentify(newcomer, userId, limit)) return true;

        // A client that has to wait for a place does not have to wait for its upgrade, too.
        newcomer.FlushReplies();
        var begun = time.GetTimestamp();
        // Those that come later are newcomers, too, and live. So each is asked once, and the wait has an end.
        List<Question> questions = [.. registry.Of(userId).ToArray().OrderBy(connection => connection.Life.HeardAt).Select(Ask)];
        while (!registry.TryIdentify(newcomer, userId, limit))
        {
            if (questions.Count == 0) return false;
            await DecidedAsync(questions, begun, newcomer.Gone);
            // Nobody is let go for a newcomer that has left, or is to leave.
            if (newcomer.Gone.IsCancellationRequested || newcomer.Closing is not null) return false;

            questions.RemoveAll(question => question.Answer is { IsCompletedSuccessfully: true, Result: true });
            if (questions.Find(question => question.Answer.IsCompleted) is not { } silent) continue;
            questions.Remove(silent);
            // Another newcomer may have its place by now, or it has left.
            if (!registry.TryReplace(silent.Connection, newcomer, userId)) continue;
            silent.Connection.Abort(ClientConnection.NoAnswer);
            return true;
        }

        return true;
    }

    /// <summary>Ends when at least one is decided, or the newcomer is gone.</summary>
    private async Task DecidedAsync(List<Question> questions, long begun, CancellationToken gone)
    {
        Task first = Task.WhenAny(questions.Select(question => question.Answer));
        await first.WaitAsync(gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The time is over for all of them, so that the one to go is the one that has been silent longest, and not the one whose timer came first.
        if (time.GetElapsedTime(begun) >= AnswerTime) await Task.WhenAll(questions.Select(question => question.Answer));
    }

    private Question Ask(ClientConnection connection) =>
        new(connection, _asked.GetOrAdd(connection, asked => new Lazy<Task<bool>>(() => AnswersAsync(asked))).Value);

    private async Task<bool> AnswersAsync(ClientConnection connection)
    {
        try
        {
            return await connection.Life.AnswersAsync(AnswerTime);
        }
        finally
        {
            _asked.TryRemove(connection, out _);
        }
    }

    /// <summary>A connection that was pinged for its place.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Answer">Whether it has given a sign of life in time.</param>
    private sealed record Question(ClientConnection Connection, Task<bool> Answer);
}
