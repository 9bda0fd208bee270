namespace RoomWs.Server.Storage.Sqlite;

/// <summary>A database could not be copied, restored, compacted or found whole, for a reason that the operator can fix. The operator sees only the message.</summary>
#pragma warning disable RCS1194 // No constructor without a message: the operator would see nothing.
internal sealed class DatabaseToolException : Exception
#pragma warning restore RCS1194
{
    public DatabaseToolException(string message) : base(message)
    {
    }

    public DatabaseToolException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
